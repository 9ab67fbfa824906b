import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pino } from "pino";
import { accessToken } from "../../src/http/access.js";
import { ocsfFindingSchema } from "../../src/http/reads/ocsf-finding.js";
import { readsRoute } from "../../src/http/reads/reads-route.js";
import { openServer, type Server } from "../../src/http/server.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { RECORDED, recordFindings } from "../helpers/recorded-rows.js";

const TOKEN = "read-token-of-the-test-";
let [checks, server] = [] as unknown as [OpenChecks, Server];

before(async () => {
  checks = await openChecks();
  server = await openServer({
    log: pino({ level: "silent" }),
    host: "127.0.0.1",
    port: 0,
    routes: [readsRoute({ store: checks.store, tokens: () => [accessToken("viewer", "read", TOKEN)] })],
  });
});
after(async () => {
  await server.close();
  await checks.close();
});

const get = async (query: string) => {
  const answer = await fetch(`${server.url}/v1/findings?${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const lines = (await answer.text()).split("\n");
  return { answer, lines: lines.slice(0, -1), last: lines.at(-1) };
};

test("a finding is an OCSF Detection Finding on a line, with all that its class requires", async () => {
  await recordFindings(checks.store.client, [5, 0], [6, 1], [7, 2]);
  const first = await get("format=ocsf&limit=2&cursor=");
  assert.deepEqual(
    [first.answer.status, first.answer.headers.get("content-type"), first.answer.headers.get("x-has-more"), first.last],
    [200, "application/x-ndjson", "true", ""],
  );
  const rest = await get(`format=ocsf&limit=2&cursor=${first.answer.headers.get("x-next-cursor")}`);
  assert.equal(rest.answer.headers.get("x-has-more"), "false");
  const events = [...first.lines, ...rest.lines].map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    events.map((event) => ocsfFindingSchema.parse(event).finding_info.uid),
    [5, 6, 7].map((number) => `leak/k${number % 3}/gateway/${number}`),
  );
  // What https://schema.ocsf.io/1.3.0/classes/detection_finding and its objects require.
  const [event = {}] = events;
  assert.deepEqual(
    ["activity_id", "category_uid", "class_uid", "type_uid", "time", "severity_id"].map((name) => event[name]),
    [1, 2, 2004, 200_401, RECORDED, 5],
  );
  const { metadata, finding_info, evidences, observables, resources } = ocsfFindingSchema.parse(event);
  assert.deepEqual(
    [metadata.version, metadata.product.name, metadata.product.vendor_name, finding_info.title, resources[0]?.uid],
    ["1.3.0", "Plimsoll", "Plimsoll", "120 requests from 1 new address", "k2"],
  );
  assert.deepEqual(evidences, [{ src_endpoint: { ip: "198.51.100.7" } }]);
  assert.deepEqual(
    observables.map(({ type_id, value }) => [type_id, value]),
    [
      [10, "k2"],
      [2, "198.51.100.7"],
    ],
  );
  const none = await get(`format=ocsf&cursor=${rest.answer.headers.get("x-next-cursor")}`);
  assert.deepEqual([none.answer.status, none.lines], [200, []]);
});
