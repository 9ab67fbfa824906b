import type { FastifyPluginAsync, FastifyReply } from "fastify";
import { CAUSES } from "../../model/finding/finding.js";
import { INCIDENT_VERDICTS } from "../../model/incident/incident.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { readIncidentsOf } from "../../pipeline/view/incident-list.js";
import { INCIDENT_STATES } from "../../store/view/listings.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystIncidentsQuery } from "../../store/view/analyst-queries.js";
import type { Store } from "../../store/store.js";
import type { IncidentListPlace } from "../../store/view/incident-list.js";
import { SECURITY_HEADERS } from "../layout.js";
import { Asked } from "./asked.js";
import { problemOfKey } from "./no-such-key.js";
import { incidentsCsv, incidentsPage, type IncidentFields } from "./incidents-page.js";

const PAGE_ROWS = 50;
const CSV_ROWS = 1000;

export interface FindDeps {
  readonly store: Store;
  readonly now: () => number;
  readonly send: (reply: FastifyReply, page: string, status?: number) => FastifyReply;
}

/** `/incidents`: what is open and what was, by filters and page by page, and as CSV. */
export function incidentsRoutes({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/incidents", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const fields = fieldsOf(asked);
      const [since, until] = [asked.day("from", "begin") ?? 0, asked.day("to", "end") ?? at + 1];
      const { isCsv } = asked;
      const after = placeOf(asked);
      asked.refuseOthers();
      if (since >= until) asked.problems.push("to: must not be before from");
      const { problems } = asked;
      const sql = printQuery(analystIncidentsQuery, { ...fields, from: new Date(since), to: new Date(until) });
      const empty = { fields, problems, rows: [], registry: new Map(), after: "", next: "", mostCsv: CSV_ROWS, sql };
      if (problems.length > 0) return send(reply, incidentsPage(empty), 400);
      const registry = await store.registry.readKeys(at, await store.readClock());
      const keyIds = fields.key === "" ? [] : await store.registry.readIdsOfKey(fields.key);
      const { state, severity, cause, verdict, owner } = fields;
      const question = {
        states: listOf(state),
        severities: listOf(severity),
        causes: listOf(cause),
        verdicts: listOf(verdict),
        owner: owner || null,
        keyIds,
        since,
        until,
      };
      const list = await readIncidentsOf(store, question, registry, after, isCsv ? CSV_ROWS : PAGE_ROWS);
      const unknown = list.rows.length > 0 ? null : await problemOfKey(store, fields.key);
      if (unknown !== null) {
        const shown = { ...fields, key: "" };
        return send(reply, incidentsPage({ ...empty, fields: shown, problems: [unknown] }), 404);
      }
      if (isCsv) return sendCsv(reply, "incidents", incidentsCsv(list.rows, registry));
      const next = list.next === null ? "" : printPlace(list.next);
      const shown = after === null ? "" : printPlace(after);
      return send(reply, incidentsPage({ ...empty, rows: list.rows, registry, after: shown, next }));
    });
  };
}

/** Rows as a file to keep. */
export function sendCsv(reply: FastifyReply, name: string, csv: string): FastifyReply {
  return reply
    .headers(SECURITY_HEADERS)
    .header("content-disposition", `attachment; filename="plimsoll-${name}.csv"`)
    .type("text/csv; charset=utf-8")
    .send(csv);
}

const fieldsOf = (asked: Asked) =>
  ({
    state: asked.oneOf("state", INCIDENT_STATES),
    severity: asked.oneOf("severity", SEVERITIES),
    cause: asked.oneOf("cause", CAUSES),
    verdict: asked.oneOf("verdict", INCIDENT_VERDICTS),
    owner: asked.text("owner"),
    key: asked.text("key"),
    from: asked.text("from"),
    to: asked.text("to"),
  }) satisfies IncidentFields;

const listOf = <Name extends string>(given: Name | ""): Name[] => (given === "" ? [] : [given]);
const printPlace = ({ openedAt, incidentId }: IncidentListPlace): string => `${openedAt} ${incidentId}`;

/** The place that a page begins after; null where it is the first. */
function placeOf(asked: Asked): IncidentListPlace | null {
  const given = asked.place("after");
  if (given === "") return null;
  const [, openedAt, incidentId] = /^(\d{1,13}) (.+)$/.exec(given) ?? [];
  if (openedAt === undefined || incidentId === undefined) asked.problems.push("after: is no place in this list");
  return openedAt === undefined || incidentId === undefined ? null : { openedAt: Number(openedAt), incidentId };
}
