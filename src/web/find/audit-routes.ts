import type { FastifyPluginAsync } from "fastify";
import { AUDIT_AREAS, type AuditPlace } from "../../store/sign-in/audit-entries.js";
import { Asked } from "./asked.js";
import { auditCsv, auditPage } from "./audit-page.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";

const PAGE_ROWS = 100;
const CSV_ROWS = 10_000;
const USUAL_DAYS = 30;
const DAY_MS = 86_400_000;

/** `/audit`: who signed in and who did what, by person and time, page by page, and as CSV. */
export function auditRoutes({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/audit", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const area = asked.oneOf("area", AUDIT_AREAS);
      const fields = { who: asked.text("who"), area, from: asked.text("from"), to: asked.text("to") };
      const until = asked.day("to", "end") ?? at + 1;
      const since = asked.day("from", "begin") ?? Math.min(at, until) - USUAL_DAYS * DAY_MS;
      const { isCsv } = asked;
      const after = placeOf(asked);
      if (since >= until) asked.problems.push("to: must not be before from");
      const { problems } = asked;
      const empty = { fields, problems, entries: [], after: "", next: "", usualDays: USUAL_DAYS, mostCsv: CSV_ROWS };
      if (problems.length > 0) return send(reply, auditPage(empty), 400);
      const most = isCsv ? CSV_ROWS : PAGE_ROWS;
      const question = { since, until, area, who: fields.who, after, most: most + (isCsv ? 0 : 1) };
      const found = await store.signIn.readAuditEntries(question);
      if (isCsv) return sendCsv(reply, "audit", auditCsv(found));
      const entries = found.slice(0, PAGE_ROWS);
      const last = found.length > PAGE_ROWS ? entries.at(-1) : undefined;
      const next = last === undefined ? "" : printPlace(last);
      return send(reply, auditPage({ ...empty, entries, after: after === null ? "" : printPlace(after), next }));
    });
  };
}

const printPlace = ({ at, entry }: AuditPlace): string => `${at} ${entry}`;

/** The place that a page begins after; null where it is the first. */
function placeOf(asked: Asked): AuditPlace | null {
  const given = asked.place("after");
  if (given === "") return null;
  const [, at, entry] = /^(\d{1,13}) (.+)$/.exec(given) ?? [];
  if (at === undefined || entry === undefined) asked.problems.push("after: is no place in this list");
  return at === undefined || entry === undefined ? null : { at: Number(at), entry };
}
