import type { FastifyPluginAsync } from "fastify";
import { keyName, type KeyVersion } from "../../model/key/key.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystClientUseQuery } from "../../store/view/analyst-queries.js";
import type { ClientUse } from "../../store/view/client-use.js";
import { csvText } from "../../text/csv-text.js";
import { countedAfter, countOf, dollarsOf, pageOf, tableOf, timeOf } from "../layout.js";
import { html, type Piece } from "../markup.js";
import { Asked, queryOf } from "./asked.js";
import { askedDays, daysField } from "./days-field.js";
import { filterForm, problemsOf } from "./filter-form.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";
import { takeAway } from "./take-away.js";
import { keyWay, ownerWay } from "./ways.js";

const PAGE_ROWS = 200;
const CSV_ROWS = 10_000;
/** Of shorter parts of names there are too many. */
const SHORTEST = 2;

/** `/clients?client=`: which keys a client, by a part of its name, was used with, as a page and as CSV. */
export function clientsRoute({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/clients", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const client = asked.text("client");
      const { days, span } = askedDays(asked, at);
      const { isCsv, problems } = asked;
      if (client !== "" && client.length < SHORTEST) problems.push(`client: at least ${SHORTEST} characters`);
      const form = filterForm("clients", [
        { name: "client", label: "Name of the client", value: client },
        daysField(days),
      ]);
      if (client === "" || problems.length > 0) {
        const text = client === "" ? html`<p>Give a part of a user agent, such as curl or python-requests.</p>` : null;
        const page = html`${form} ${problems.length > 0 ? problemsOf(problems) : text}`;
        return send(reply, pageOf("Clients", "./", page), problems.length > 0 ? 400 : 200);
      }
      const rows = await store.view.readClientUse(client, span, isCsv ? CSV_ROWS : PAGE_ROWS);
      if (isCsv) return sendCsv(reply, "clients", clientsCsv(rows));
      const registry = await store.registry.readKeys(at, await store.readClock());
      const total = rows[0]?.rows ?? 0;
      const body = html`${form}
        ${tableOf(
          `Keys used by clients with this name, the last use first${countedAfter(total)}`,
          ["Key and owner", "Client", "First use shown", "Last use", "Requests", "Not served", "Spend"],
          rows.map((row) => cellsOf(row, registry.get(row.key_id) ?? null)),
        )}
        ${total > rows.length ? html`<p>The ${PAGE_ROWS} used last are shown; the CSV has more.</p>` : null}
        ${takeAway({
          id: "sql-clients",
          csv: `clients${queryOf({ client, days, format: "csv" })}`,
          csvText: `CSV, at most ${countOf(CSV_ROWS)} rows`,
          sql: printQuery(analystClientUseQuery, { client, from: new Date(span.from), to: new Date(span.to) }),
        })}
        <p>
          By minute, as long as minutes are kept, in lower case and without versions, as clients call themselves: an
          attacker can copy a name.
        </p>`;
      return send(reply, pageOf("Clients", "./", body));
    });
  };
}

function cellsOf({ key_id: keyId, ...row }: ClientUse, key: KeyVersion | null): Piece[] {
  return [
    html`<a href="${keyWay(keyId)}">${keyName(key, keyId)}</a>
      <div class="aside">
        ${key === null ? "not registered" : key.owner === "" ? "no owner on record" : html`<a href="${ownerWay(key.owner)}">${key.owner}</a>`},
        seen by ${row.observed_by}
      </div>`,
    row.client === "" ? "(none)" : row.client,
    timeOf(row.first_s * 1000),
    timeOf(row.last_s * 1000),
    countOf(row.requests),
    countOf(row.unserved),
    dollarsOf(row.spend_micros),
  ];
}

function clientsCsv(rows: readonly ClientUse[]): string {
  const heads = "key_id,observed_by,client,first_use,last_use,requests,not_served,spend_usd";
  const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString();
  const lines = rows.map((row) => [
    row.key_id,
    row.observed_by,
    row.client,
    isoOf(row.first_s),
    isoOf(row.last_s),
    row.requests,
    row.unserved,
    row.spend_micros / 1e6,
  ]);
  return `${csvText([heads.split(","), ...lines])}\r\n`;
}
