import type { FastifyPluginAsync } from "fastify";
import { keyFacets } from "../../pipeline/view/key-facets.js";
import { LISTED_STATES, readKeyList } from "../../pipeline/view/key-list.js";
import { KEY_SORTS } from "../../pipeline/view/sort-keys.js";
import { readLateChecks } from "../../pipeline/view/check-state.js";
import { KEY_HYGIENE } from "../../pipeline/view/key-hygiene.js";
import { printQuery } from "../../store/clickhouse/sql-files.js";
import { analystKeysQuery } from "../../store/view/analyst-queries.js";
import { DAY_MS } from "../../time/day.js";
import { Asked } from "./asked.js";
import { sendCsv, type FindDeps } from "./incidents-routes.js";
import { keysCsv, keysPage, type KeyFields } from "./keys-page.js";

const PAGE_ROWS = 50;
const CSV_ROWS = 10_000;

/** `/keys`: every key by filters, sorted by any column, page by page, and as CSV. */
export function keysRoutes({ store, now, send }: FindDeps): FastifyPluginAsync {
  return async (server) => {
    server.get("/keys", async (request, reply) => {
      const at = now();
      const asked = new Asked(request.url);
      const { fields, question, page } = questionOf(asked);
      const { isCsv, problems } = asked;
      asked.refuseOthers();
      const { owner, service, provider, environment } = fields;
      const from = new Date(at - DAY_MS);
      const empty = {
        fields,
        problems,
        facets: null,
        rows: [],
        total: 0,
        page,
        pages: 1,
        checkedUntil: undefined,
        mostCsv: CSV_ROWS,
        sql: printQuery(analystKeysQuery, { owner, service, provider, environment, from }),
      };
      if (problems.length > 0) return send(reply, keysPage(empty), 400);
      const part = isCsv ? { skipped: 0, most: CSV_ROWS } : { skipped: (page - 1) * PAGE_ROWS, most: PAGE_ROWS };
      const [{ rows, total }, checkedUntil, registry] = await Promise.all([
        readKeyList(store, question, at, part),
        readLateChecks(store, at),
        store.readClock().then((visible) => store.registry.readKeys(at, visible)),
      ]);
      if (isCsv) return sendCsv(reply, "keys", keysCsv(rows));
      const pages = Math.max(1, Math.ceil(total / PAGE_ROWS));
      return send(reply, keysPage({ ...empty, facets: keyFacets(registry), rows, total, pages, checkedUntil }));
    });
  };
}

function questionOf(asked: Asked) {
  const texts = {
    owner: asked.text("owner"),
    service: asked.text("service"),
    provider: asked.text("provider"),
    environment: asked.text("environment"),
  };
  const state = asked.oneOf("state", LISTED_STATES);
  const hygiene = asked.oneOf("hygiene", KEY_HYGIENE);
  const sort = asked.oneOf("sort", KEY_SORTS);
  const order = asked.oneOf("order", ["asc", "desc"]);
  const given = asked.text("page") || "1";
  const page = /^\d+$/.test(given) ? Number(given) : 0;
  if (!Number.isSafeInteger(page) || page < 1) asked.problems.push("page: must be a whole number from 1 on");
  const fields: KeyFields = { ...texts, state, hygiene, sort, order };
  return {
    fields,
    page,
    question: { ...texts, state, hygiene, sort: sort || ("key" as const), isDescending: order === "desc" },
  };
}
