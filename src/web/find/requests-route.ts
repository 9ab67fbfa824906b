import type { FastifyPluginAsync } from "fastify";
import { parseWantedNetwork } from "../../model/network/wanted-network.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { rawParams, rawRequestsQuery, type RawQuestion, type RawRequest } from "../../store/view/fleet-questions.js";
import { csvText } from "../../text/csv-text.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../time/day.js";
import { countedAfter, countOf, dollarsOf, minuteOf, pageOf, tableOf } from "../layout.js";
import { html, type Piece } from "../markup.js";
import { parseTimeRange } from "../time-range.js";
import { Asked, queryOf } from "./asked.js";
import { filterForm, problemsOf } from "./filter-form.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";
import { withNetworkLinks } from "./network-links.js";
import { problemOfKey } from "./no-such-key.js";
import { takeAway } from "./take-away.js";
import { keyWay } from "./ways.js";

const PAGE_ROWS = 200;
const CSV_ROWS = 10_000;
/** Without a key all of a day is read. */
const LONGEST_MS = DAY_MS;
const ANYWHERE = { address: "::", bits: 0 };

/** `/requests?key=&address=&from=&to=`: raw requests of a key, an address or both, as a page and as CSV. */
export function requestsRoute({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/requests", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const { key, address, question } = questionOf(asked, request.query, at);
      const { isCsv, problems } = asked;
      const shown = { key, address, from: fieldOf(question.from), to: fieldOf(question.to) };
      const page = (body: Piece, status = 200, of = shown) =>
        send(reply, pageOf("Raw requests", "./", html`${formOf(of)} ${body}`), status);
      if (problems.length > 0) return page(problemsOf(problems), 400);
      if (key === "" && address === "") return page(html`<p>Give a key id, an address, or both.</p>`);
      const rows = await store.view.readRawRequests(question, isCsv ? CSV_ROWS : PAGE_ROWS);
      const unknown = rows.length > 0 ? null : await problemOfKey(store, key);
      if (unknown !== null) return page(problemsOf([unknown]), 404, { ...shown, key: "" });
      if (isCsv) return sendCsv(reply, "requests", requestsCsv(rows));
      return page(
        html`${tableOf(
          `Raw requests in the order of time${rows.length === PAGE_ROWS ? `, the first ${PAGE_ROWS}` : countedAfter(rows.length)}`,
          ["At, UTC", "Key", "Address", "Request", "Status", "Count", "Spend", "Client"],
          rows.map((row, i) => cellsOf(row, rows[i - 1])),
        )}
        ${takeAway({
          id: "sql-requests",
          csv: `requests${queryOf({ ...shown, format: "csv" })}`,
          csvText: `CSV, at most ${countOf(CSV_ROWS)} rows`,
          sql: printQuery(rawRequestsQuery, rawParams(question, CSV_ROWS)),
        })}`,
      );
    });
  };
}

const formOf = ({ key, address, from, to }: Readonly<Record<"key" | "address" | "from" | "to", string>>) =>
  filterForm("requests", [
    { name: "key", label: "Key id", value: key },
    { name: "address", label: "Address or CIDR", value: address },
    { name: "from", label: "From, UTC", value: from, type: "datetime-local" },
    { name: "to", label: "To, UTC", value: to, type: "datetime-local" },
  ]);

function questionOf(asked: Asked, query: unknown, now: number) {
  const [key, address] = [asked.text("key"), asked.text("address")];
  const { range, problems } = parseTimeRange(query, now, { from: now - HOUR_MS, to: now }, MINUTE_MS);
  // Requests of another time than was asked for would pass as evidence.
  asked.problems.push(...problems);
  const { from, to } = range;
  if (to - from > LONGEST_MS) asked.problems.push("to: must be within a day of from");
  const wanted = address === "" ? null : parseWantedNetwork(address);
  if (address !== "" && wanted?.kind !== "block") asked.problems.push("address: must be an address or a CIDR");
  const block = wanted?.kind === "block" ? { address: wanted.address, bits: wanted.bits } : ANYWHERE;
  const question: RawQuestion = { key, ...block, from: minute(from), to: minute(to + MINUTE_MS - 1) };
  return { key, address, question };
}

const minute = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;
const fieldOf = (at: number) => minuteOf(at).replace(" ", "T");

/** What the row before has, too, leads nowhere once more: with three links in each of hundreds of rows Tab would come to no end. */
function cellsOf(row: RawRequest, before: RawRequest | undefined): Piece[] {
  const networkOf = (text: string, isRepeated: boolean) => (isRepeated ? text : withNetworkLinks(text, "./"));
  return [
    row.at.replace("T", " "),
    html`${row.key_id === before?.key_id ? row.key_id : html`<a href="${keyWay(row.key_id)}">${row.key_id}</a>`}
      <div class="aside">seen by ${row.observed_by}</div>`,
    html`${networkOf(row.address, row.address === before?.address)}
      <div class="aside">${row.asn > 0 ? networkOf(`AS${row.asn}`, row.asn === before?.asn) : ""}</div>`,
    html`<span class="wraps">${`${row.method} ${row.route}`.trim() || "(no route)"}</span
      >${row.scope === "" ? null : html`<div class="aside">${row.scope}</div>`}`,
    String(row.status),
    countOf(row.count),
    dollarsOf(row.spend_micros),
    html`<div class="aside">${row.user_agent}</div>`,
  ];
}

function requestsCsv(rows: readonly RawRequest[]): string {
  const heads = "at,key_id,observed_by,address,asn,method,route,status,count,bytes,spend_usd,scope,user_agent";
  const lines = rows.map((row) => [
    `${row.at}Z`,
    row.key_id,
    row.observed_by,
    row.address,
    row.asn,
    row.method,
    row.route,
    row.status,
    row.count,
    row.bytes,
    row.spend_micros / 1e6,
    row.scope,
    row.user_agent,
  ]);
  return `${csvText([heads.split(","), ...lines])}\r\n`;
}
