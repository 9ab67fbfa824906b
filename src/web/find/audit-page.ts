import { isVerifiedName } from "../../model/incident/person-text.js";
import { AUDIT_AREAS, type AuditEntry } from "../../store/sign-in/audit-entries.js";
import { csvText } from "../../text/csv-text.js";
import { pageOf, tableOf } from "../layout.js";
import { html, type Markup, type Piece } from "../markup.js";
import { queryOf } from "./asked.js";
import { filterForm, problemsOf } from "./filter-form.js";

/** What the log is asked for, as it stands in its address; empty asks for any. */
export type AuditFields = Readonly<Record<"who" | "area" | "from" | "to", string>>;

export interface AuditView {
  readonly fields: AuditFields;
  readonly problems: readonly string[];
  readonly entries: readonly AuditEntry[];
  /** The cursor of this page and of the next one; empty where this is the first, or the last. */
  readonly after: string;
  readonly next: string;
  /** So many days are shown where nobody says from when. */
  readonly usualDays: number;
  /** So many rows the CSV holds at most. */
  readonly mostCsv: number;
}

/** The page `/audit`: who signed in, or tried to, and who did what, the newest first. */
export function auditPage({ fields, problems, entries, after, next, usualDays, mostCsv }: AuditView): string {
  const caption = after === "" ? "What was done, the newest first" : "What was done, continued";
  const body = html`<p>
      Sign-ins, refused attempts and revoked sessions, and what people did. A name that begins with oidc: is verified by
      the issuer; any other was typed, or is the name of a token. Without a first day: the last ${usualDays} days.
    </p>
    ${filterForm("audit", [
      { name: "who", label: "Person", value: fields.who },
      { name: "area", label: "About", value: fields.area, options: AUDIT_AREAS },
      { name: "from", label: "From", value: fields.from, type: "date" },
      { name: "to", label: "Through", value: fields.to, type: "date" },
    ])}
    ${
      problems.length > 0
        ? problemsOf(problems)
        : html`${tableOf(caption, ["At", "Who", "What", "About", "From address", "Note"], entries.map(cellsOf))}
            <p>
              ${next === "" ? null : html`<a rel="next" href="audit${queryOf({ ...fields, after: next })}">Older</a> `}
              ${after === "" ? null : html`<a href="audit${queryOf(fields)}">Newest</a> `}
              <a href="audit${queryOf({ ...fields, after, format: "csv" })}"
                >CSV from here on, at most ${mostCsv} rows</a
              >
            </p>`
    }`;
  return pageOf("Audit log", "./", body);
}

function cellsOf(entry: AuditEntry): Piece[] {
  const { at, who, attempts, address, note } = entry;
  const times = attempts > 1 ? ` (${attempts} times)` : "";
  return [
    new Date(at).toISOString().slice(0, 19).replace("T", " "),
    html`${who === "" ? "unknown" : who}
      <div class="aside">${trustOf(entry)}</div>`,
    `${actText(entry)}${times}`,
    aboutCell(entry),
    address,
    html`<div class="sentence">${entry.area === "session" ? note.replaceAll("_", " ") : note}</div>`,
  ];
}

const actText = ({ area, act }: AuditEntry): string => `${area} ${act}`.replaceAll("_", " ");

/** How far a name can be believed. */
function trustOf({ who, way, area }: AuditEntry): string {
  if (isVerifiedName(who)) return "verified";
  if (way !== "") return way === "command" ? "command line" : way;
  return area === "key" ? "token or command line" : "typed";
}

function aboutCell({ area, subject, keyId }: AuditEntry): Markup | string {
  if (area === "session") return subject;
  const key = keyId === "" ? null : html`<a href="keys/${encodeURIComponent(keyId)}">${keyId}</a>`;
  if (area === "key") return html`${key} ${subject === "" ? null : html`<div class="aside">succeeds ${subject}</div>`}`;
  const folder = area === "suppression" ? "suppressions" : "incidents";
  return html`${key}
    <div class="aside"><a href="${folder}/${encodeURIComponent(subject)}">${subject}</a></div>`;
}

const HEADS = "at,who,verified,way,area,act,subject,key_id,address,note,attempts".split(",");

/** The same rows as CSV; instants are ISO, UTC. */
export function auditCsv(entries: readonly AuditEntry[]): string {
  const lines = entries.map((one) => [
    new Date(one.at).toISOString(),
    one.who,
    isVerifiedName(one.who) ? "yes" : "no",
    one.way,
    one.area,
    one.act,
    one.subject,
    one.keyId,
    one.address,
    one.note,
    one.attempts,
  ]);
  return `${csvText([HEADS, ...lines])}\r\n`;
}
