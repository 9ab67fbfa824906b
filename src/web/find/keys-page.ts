import { namedWithId } from "../../model/key/key.js";
import type { KeyFacets } from "../../pipeline/view/key-facets.js";
import { KEY_FILTERS, LISTED_STATES, type KeyListRow } from "../../pipeline/view/key-list.js";
import { KEY_SORTS, type KeySort } from "../../pipeline/view/sort-keys.js";
import { KEY_HYGIENE } from "../../pipeline/view/key-hygiene.js";
import { keyStateText, keyStateTitle } from "../../pipeline/view/key-state-text.js";
import { countedText } from "../../text/amounts.js";
import { csvText } from "../../text/csv-text.js";
import { countOf, dollarsOf, pageOf, tableOf, type Head } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "./asked.js";
import { filterChips, filterForm, problemsOf, type FilterField } from "./filter-form.js";
import { takeAway } from "./take-away.js";
import { keyWay, ownerWay } from "./ways.js";

/** What the list is asked for, as it stands in its address. */
export type KeyFields = Readonly<Record<(typeof KEY_FILTERS)[number] | "state" | "hygiene" | "sort" | "order", string>>;

export interface KeysView {
  readonly fields: KeyFields;
  readonly problems: readonly string[];
  /** Null where nothing is listed. */
  readonly facets: KeyFacets | null;
  readonly rows: readonly KeyListRow[];
  readonly total: number;
  /** From 1. */
  readonly page: number;
  readonly pages: number;
  readonly checkedUntil: number | null | undefined;
  readonly mostCsv: number;
  /** The same as SQL for analysts. */
  readonly sql: string;
}

const HEADS: Readonly<Record<KeySort, string>> = {
  key: "Key",
  owner: "Owner",
  service: "Service",
  provider: "Provider",
  environment: "Environment",
  limit: "Limit a minute",
  requests: "Requests, 24 hours",
  spend: "Spend, 24 hours",
  refused: "Refused with 429",
};
const FIGURES: ReadonlySet<KeySort> = new Set(["limit", "requests", "spend", "refused"]);
const LABELS = { owner: "Owner", service: "Service", provider: "Provider", environment: "Environment" } as const;

/** The page `/keys`: every key of the registry, and those that were used and nobody registered. */
export function keysPage(view: KeysView): string {
  const { fields, problems, rows, total, page, pages, checkedUntil, mostCsv, sql } = view;
  const { sort, order } = fields;
  const ofPage = (number: number) => `keys${queryOf({ ...fields, page: number === 1 ? "" : String(number) })}`;
  const filters = filtersOf(view);
  const body = html`${filterForm("keys", filters, { sort, order })} ${filterChips("keys", filters, { sort, order })}
  ${
    problems.length > 0
      ? problemsOf(problems)
      : total === 0
        ? noKeys(filters)
        : html`${tableOf(
              `Keys: ${countOf(total)}${pages > 1 ? `, page ${page} of ${pages}` : ""}`,
              [headOf("key", fields), "State", ...KEY_SORTS.slice(1).map((one) => headOf(one, fields))],
              rows.map((row) => cellsOf(row, checkedUntil)),
            )}
            <p>
              ${page > 1 ? html`<a rel="prev" href="${ofPage(page - 1)}">Previous page</a> ` : null}
              ${page < pages ? html`<a rel="next" href="${ofPage(page + 1)}">Next page</a> ` : null}
              ${fields.owner === "" ? null : html`<a href="incidents${queryOf({ owner: fields.owner })}">Incidents of ${fields.owner}</a> `}
            </p>
            ${takeAway({
              id: "sql-keys",
              csv: `keys${queryOf({ ...fields, format: "csv" })}`,
              csvText: `CSV, at most ${countOf(mostCsv)} rows`,
              sql,
              note: "Of registered keys; the filters by state and by what is to be tidied up are not in it.",
            })}`
  }`;
  return pageOf("All keys", "./", body);
}

function filtersOf({ fields, facets }: KeysView): readonly FilterField[] {
  return [
    ...KEY_FILTERS.map((name) => ({
      name,
      label: LABELS[name],
      value: fields[name],
      offers: (facets?.[name] ?? []).map(({ value, keys }) => ({ value, label: countedText(keys, "key") })),
    })),
    { name: "state", label: "State", value: fields.state, options: LISTED_STATES },
    { name: "hygiene", label: "To be tidied up", value: fields.hygiene, options: KEY_HYGIENE },
  ];
}

/** An empty list says what to do about it. */
function noKeys(filters: readonly FilterField[]): Markup {
  if (filters.some(({ value }) => value !== ""))
    return html`<p>
      <strong>No key matches these filters.</strong> Owner, service, provider and environment are matched as a whole:
      choose one of those that are offered, remove a filter, or <a href="keys">show all keys</a>.
    </p>`;
  return html`<p>
    <strong>No keys yet.</strong> Put yours on record with <code>plimsoll keys import FILE</code>, or send events: what
    is used is listed here, registered or not. <a href="coverage">Coverage</a> shows what is received.
  </p>`;
}

/** A head that sorts by its column, the other way round where it does so already. */
function headOf(name: KeySort, fields: KeyFields): Head {
  const isSorted = (fields.sort || "key") === name;
  const isDescending = fields.order === "desc";
  // Of figures the highest are looked for, of names the first.
  const order = (isSorted ? !isDescending : FIGURES.has(name)) ? "desc" : "";
  return {
    name: HEADS[name],
    text: html`<a href="keys${queryOf({ ...fields, sort: name, order })}">${HEADS[name]}</a>`,
    sort: isSorted ? (isDescending ? "descending" : "ascending") : null,
  };
}

function cellsOf({ keyId, key, state, isRevoked, usage }: KeyListRow, checkedUntil: KeysView["checkedUntil"]): Piece[] {
  const text = keyStateText(state, checkedUntil);
  const isBad = state === "incident" || state === "still_leaking";
  return [
    html`<a href="${keyWay(keyId)}">${namedWithId(key?.display, keyId)}</a
      >${key === null ? html`<div class="aside">not registered</div>` : null}`,
    html`<span ${isBad ? html`class="error"` : null} title="${keyStateTitle(state, checkedUntil)}"
      >${isRevoked ? `revoked, ${text}` : text}</span
    >`,
    key === null || key.owner === "" ? "" : html`<a href="${ownerWay(key.owner)}">${key.owner}</a>`,
    key?.service ?? "",
    key?.provider ?? "",
    key?.environment ?? "",
    key === null || key.limitPerMinute === null ? "unknown" : countOf(key.limitPerMinute),
    countOf(usage?.requests ?? 0),
    dollarsOf(usage?.spendMicros ?? 0),
    countOf(usage?.throttled ?? 0),
  ];
}

/** The same rows as CSV. */
export function keysCsv(rows: readonly KeyListRow[]): string {
  const heads =
    "key_id,display,registered,state,revoked,owner,service,provider,environment,limit_per_minute,requests_24h,spend_usd_24h,refused_24h";
  const lines = rows.map(({ keyId, key, state, isRevoked, usage }) => [
    keyId,
    key?.display ?? "",
    String(key !== null),
    state,
    String(isRevoked),
    ...KEY_FILTERS.map((name) => key?.[name] ?? ""),
    key?.limitPerMinute ?? "",
    usage?.requests ?? 0,
    (usage?.spendMicros ?? 0) / 1e6,
    usage?.throttled ?? 0,
  ]);
  return `${csvText([heads.split(","), ...lines])}\r\n`;
}
