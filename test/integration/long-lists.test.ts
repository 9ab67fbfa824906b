import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { parseAddress } from "../../src/model/network/parse-address.js";
import type { Store } from "../../src/store/store.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";

const HOUR = Date.parse("2026-03-08T14:00:00Z");
/** Four times what a server takes in one field. */
const MANY = 20_000;
const KEYS = ["key 'one' \\\\ [2, 3], {x:String}", "schlüssel_zwei"];

const EVENT: Omit<RequestEvent, "keyId"> = {
  ts: HOUR,
  sessionKeyId: "",
  observedBy: "gateway",
  id: "",
  sourceIp: parseAddress("2001:db8::1"),
  asn: 64_500,
  networkType: "hosting",
  method: "GET",
  route: "/v1",
  status: 200,
  latencyMs: 3,
  bytes: 10,
  spendMicros: 5,
  unitMillis: 0,
  count: 1,
  scope: "",
  userAgent: "",
  tlsFingerprint: "",
  region: "",
  service: "",
  maskedFields: "",
  isHistory: true,
};

let checks = undefined as unknown as OpenChecks;
let store = undefined as unknown as Store;

before(async () => {
  checks = await openChecks();
  ({ store } = checks);
  const events = KEYS.map((keyId): RequestEvent => ({ ...EVENT, keyId }));
  for (const [n, block] of blocksOf([{ source: "test", events }]).entries())
    await insertPieces(store.client, [block.data], `${n}`);
});
after(async () => checks.close());

test("a list of more keys or addresses than one parameter holds reaches its query, whatever the keys are called", async () => {
  const others = Array.from({ length: MANY }, (_, i) => `another_key_of_the_fleet_${i}`);
  const keys = [...others, ...KEYS];
  const usage = await store.check.readUsageMinutes({ from: HOUR, until: HOUR + 3_600_000 }, keys, null);
  assert.deepEqual(usage.map(({ keyId }) => keyId).toSorted(), KEYS.toSorted());

  const fact = (keyId: string, address: string) => {
    const seen = {
      usedAt: HOUR,
      ip: HOUR,
      net24: HOUR,
      net16: HOUR,
      outsideAllowed: 0,
      isAllowed: null,
      firstDays: null,
    };
    return { keyId, observedBy: "gateway" as const, address, network: "2001:db8::", ...seen };
  };
  const addresses = [
    ...others.map((key, i) => fact(key, `2001:db8:1:${i.toString(16)}::1`)),
    ...KEYS.map((key) => fact(key, "2001:db8::1")),
  ];
  const span = { from: HOUR, until: HOUR + 900_000, stepMs: 60_000 };
  const traffic = await store.check.readNovelTraffic({ addresses, systems: [], routes: [], clients: [] }, span, null);
  assert.deepEqual(traffic.map(({ keyId }) => keyId).toSorted(), KEYS.toSorted());
});
