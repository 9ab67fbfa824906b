import type { FastifyPluginAsync } from "fastify";
import { keyName, type KeyVersion } from "../../model/key/key.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystNearLimitQuery, type NearLimit } from "../../store/view/fleet-questions.js";
import { csvText } from "../../text/csv-text.js";
import { HOUR_MS } from "../../time/day.js";
import { countedAfter, countOf, pageOf, tableOf, timeOf } from "../layout.js";
import { html, type Piece } from "../markup.js";
import { Asked, queryOf } from "./asked.js";
import { askedDays, daysField } from "./days-field.js";
import { filterForm, problemsOf } from "./filter-form.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";
import { takeAway } from "./take-away.js";
import { keyWay, ownerWay } from "./ways.js";

const MOST_ROWS = 500;
const SHARES = ["50", "75", "90", "100"] as const;

/** `/limits`: keys that used much of their limit over a whole hour, as a page and as CSV. */
export function limitsRoute({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/limits", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const share = asked.oneOf("share", SHARES) || "75";
      const { days, span } = askedDays(asked, at);
      const { isCsv, problems } = asked;
      const form = filterForm("limits", [
        { name: "share", label: "% of limit or more", value: share, options: SHARES },
        daysField(days),
      ]);
      if (problems.length > 0)
        return send(reply, pageOf("Near the limit", "./", html`${form} ${problemsOf(problems)}`), 400);
      const question = { from: new Date(span.from), to: new Date(span.to), share: Number(share) * 10, most: MOST_ROWS };
      const rows = await store.view.readNearLimit(span, question.share, MOST_ROWS);
      if (isCsv) return sendCsv(reply, "limits", limitsCsv(rows));
      const registry = await store.registry.readKeys(at, await store.readClock());
      const body = html`${form}
        ${tableOf(
          `Keys at ${share} % of their limit or more for an hour, the nearest first${countedAfter(rows.length)}`,
          [
            "Key and owner",
            "Limit a minute",
            "Worst hour",
            "In that hour",
            "Hours",
            "First",
            "Last",
            "Refused with 429",
          ],
          rows.map((row) => cellsOf(row, registry.get(row.key_id) ?? null)),
        )}
        ${takeAway({
          id: "sql-limits",
          csv: `limits${queryOf({ share, days, format: "csv" })}`,
          csvText: `CSV, at most ${countOf(MOST_ROWS)} rows`,
          sql: printQuery(analystNearLimitQuery, question),
        })}
        <p>The average of a whole hour (UTC) against the limit as it is now; keys without a limit are in none.</p>`;
      return send(reply, pageOf("Near the limit", "./", body));
    });
  };
}

const percentOf = ({ worst_requests: requests, limit_per_minute: limit }: NearLimit) =>
  Math.round((100 * requests) / (60 * limit));

function cellsOf(row: NearLimit, key: KeyVersion | null): Piece[] {
  const worst = row.worst_s * 1000;
  const [from, to] = [worst - 2 * HOUR_MS, worst + 3 * HOUR_MS].map((one) => new Date(one).toISOString().slice(0, 16));
  return [
    html`<a href="${keyWay(row.key_id)}">${keyName(key, row.key_id)}</a>
      <div class="aside">
        ${key === null || key.owner === "" ? "no owner on record" : html`<a href="${ownerWay(key.owner)}">${key.owner}</a>`},
        seen by ${row.observed_by}
      </div>`,
    countOf(row.limit_per_minute),
    html`<a href="${keyWay(row.key_id)}${queryOf({ from: `${from}Z`, to: `${to}Z` })}#range">${timeOf(worst)}</a>`,
    `${percentOf(row)} %`,
    countOf(row.hours),
    timeOf(row.first_s * 1000),
    timeOf(row.last_s * 1000),
    countOf(row.throttled),
  ];
}

function limitsCsv(rows: readonly NearLimit[]): string {
  const heads = "key_id,observed_by,limit_per_minute,worst_hour,worst_percent,hours,first_hour,last_hour,refused_429";
  const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString();
  const lines = rows.map((row) => [
    row.key_id,
    row.observed_by,
    row.limit_per_minute,
    isoOf(row.worst_s),
    percentOf(row),
    row.hours,
    isoOf(row.first_s),
    isoOf(row.last_s),
    row.throttled,
  ]);
  return `${csvText([heads.split(","), ...lines])}\r\n`;
}
