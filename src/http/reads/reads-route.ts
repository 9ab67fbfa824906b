import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { withinDeadline } from "../../flow/deadline.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { isKnownKey } from "../../pipeline/view/is-known-key.js";
import { explainClickHouse } from "../../store/problem/dependency-problem.js";
import type { Store } from "../../store/store.js";
import type { FindingPlace, IncidentPlace } from "../../store/view/listings.js";
import type { UsagePlace } from "../../store/view/usage-page.js";
import { judgeAccess, type AccessToken } from "../access.js";
import type { Routes } from "../server.js";
import type { FindingsAnswer, IncidentsAnswer, UsageAnswer } from "./answer-schemas.js";
import { cursorOf, type Cursor } from "./cursor.js";
import { toOcsf } from "./ocsf-finding.js";
import { parseQuery, type Asked } from "./parse-query.js";
import { findingsQuery, incidentsQuery, usageQuery } from "./query-schemas.js";
import { findingToJson, incidentToJson, usageToJson } from "./rows-to-json.js";

export interface ReadsRouteDeps {
  readonly store: Store;
  /** Asked on each request: tokens change without a restart. */
  readonly tokens: () => readonly AccessToken[];
}

/** Longer than any page of a listing takes, and shorter than a client waits. */
const DEADLINE_MS = 20_000;
const RETRY_SECONDS = "5";
const NDJSON = "application/x-ndjson";
const UNKNOWN_KEY = Symbol("unknown key");
const instant = z.int().min(0);

const FINDINGS = cursorOf<FindingPlace>(
  "findings",
  z.strictObject({ recordedAt: instant, findingId: z.string(), asOf: instant }),
);
const INCIDENTS = cursorOf<IncidentPlace>("incidents", z.strictObject({ recordedAt: instant, incidentId: z.string() }));
const USAGE = cursorOf<UsagePlace>("usage", z.strictObject({ start: instant, observedBy: z.enum(OBSERVERS) }));

/** Rows that were read: one more than are shown says that there are more. */
function pageOf<Row, Place>(rows: readonly Row[], limit: number, cursor: Cursor<Place>, placeOf: (row: Row) => Place) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { shown, has_more: rows.length > limit, next: last === undefined ? null : cursor.print(placeOf(last)) };
}

/**
 * What other tools read: `GET /v1/findings`, `GET /v1/incidents` and `GET /v1/keys/{key_id}/usage`, page by page, with a read or an admin
 * token. 503 while ClickHouse does not answer: an error is never an empty list.
 */
export function readsRoute({ store, tokens }: ReadsRouteDeps): Routes {
  /** Nothing about a key that is not known is no answer: its id may be mistyped. */
  const isMistyped = async (key: string | undefined, rows: readonly unknown[]) =>
    key !== undefined && rows.length === 0 && !(await isKnownKey(store, key));
  const idsOf = async (key: string | undefined) => (key === undefined ? [] : store.registry.readIdsOfKey(key));
  const findings = async (
    { query, after, since, until }: Asked<z.output<typeof findingsQuery>, FindingPlace>,
    reply: FastifyReply,
  ) => {
    const { key, cause: causes = [], severity: severities = [], limit, cursor } = query;
    const filter = { keyIds: await idsOf(key), causes, severities, since, until };
    const rows = await store.view.readFindingsPage(filter, after, limit + 1);
    if (await isMistyped(key, rows)) return UNKNOWN_KEY;
    const { shown, has_more, next } = pageOf(rows, limit, FINDINGS, ({ recordedAt, findingId, asOf }) => ({
      recordedAt,
      findingId,
      asOf,
    }));
    if (query.format === "json")
      return {
        findings: shown.map(findingToJson),
        next_cursor: next ?? (cursor || null),
        has_more,
      } satisfies FindingsAnswer;
    reply
      .type(NDJSON)
      .header("x-next-cursor", next ?? cursor ?? "")
      .header("x-has-more", String(has_more));
    // To a text Fastify would add a charset, which this type has none of.
    return Buffer.from(shown.map((finding) => `${JSON.stringify(toOcsf(finding))}\n`).join(""));
  };
  const incidents = async ({ query, after, since, until }: Asked<z.output<typeof incidentsQuery>, IncidentPlace>) => {
    const { key, cause: causes = [], severity: severities = [], state: states = [], limit, cursor } = query;
    const filter = { keyIds: await idsOf(key), causes, severities, states, since, until };
    const rows = await store.view.readIncidentsPage(filter, after, limit + 1);
    if (await isMistyped(key, rows)) return UNKNOWN_KEY;
    const { shown, has_more, next } = pageOf(rows, limit, INCIDENTS, (row) => ({
      recordedAt: row.recorded_ms,
      incidentId: row.incident_id,
    }));
    return {
      incidents: shown.map(incidentToJson),
      next_cursor: next ?? (cursor || null),
      has_more,
    } satisfies IncidentsAnswer;
  };
  const usage = async (
    keyId: string,
    { query, after, since, until }: Asked<z.output<typeof usageQuery>, UsagePlace>,
  ) => {
    const { per, limit, cursor } = query;
    const rows = await store.view.readUsagePage({ keyIds: await idsOf(keyId), per, since, until }, after, limit + 1);
    if (await isMistyped(keyId, rows)) return UNKNOWN_KEY;
    const { shown, has_more, next } = pageOf(rows, limit, USAGE, (row) => ({
      start: row.start_s * 1000,
      observedBy: row.observed_by,
    }));
    const answer: UsageAnswer = {
      key_id: keyId,
      per,
      usage: shown.map(usageToJson),
      next_cursor: next ?? (cursor || null),
      has_more,
    };
    return answer;
  };
  return async (server) => {
    server.addHook("onRequest", async (request, reply) => {
      const verdict = judgeAccess(tokens(), request.headers.authorization, "read", "admin");
      if (verdict.kind === "granted") return;
      if (verdict.status === 401) reply.header("www-authenticate", "Bearer");
      return reply.code(verdict.status).send({ error: verdict.error });
    });
    server.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    server.get("/v1/findings", async (request, reply) =>
      answerPage(request, reply, parseQuery(findingsQuery, FINDINGS, request.query), findings),
    );
    server.get("/v1/incidents", async (request, reply) =>
      answerPage(request, reply, parseQuery(incidentsQuery, INCIDENTS, request.query), incidents),
    );
    server.get<{ Params: { key_id: string } }>("/v1/keys/:key_id/usage", async (request, reply) =>
      answerPage(request, reply, parseQuery(usageQuery, USAGE, request.query), async (asked) =>
        usage(request.params.key_id, asked),
      ),
    );
  };
}

async function answerPage<Query, Place>(
  request: FastifyRequest,
  reply: FastifyReply,
  asked: Asked<Query, Place> | { readonly problems: readonly string[] },
  read: (asked: Asked<Query, Place>, reply: FastifyReply) => Promise<object | typeof UNKNOWN_KEY>,
): Promise<FastifyReply> {
  if ("problems" in asked) return reply.code(400).send({ error: "nothing was read", errors: asked.problems });
  try {
    const answer = await withinDeadline(DEADLINE_MS, async () => read(asked, reply));
    if (answer === UNKNOWN_KEY) return await reply.code(404).send({ error: "unknown key" });
    return await reply.send(answer);
  } catch (error) {
    // Asked again, a fault of ours would come again: it is answered and logged as any other.
    if (explainClickHouse(error) === undefined) throw error;
    request.log.error({ err: error }, "a listing could not be read");
    return reply
      .code(503)
      .header("retry-after", RETRY_SECONDS)
      .send({ error: "ClickHouse could not be read: nothing is known, ask again" });
  }
}
