import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { investigationToText } from "../../src/commands/investigate-text.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { readInvestigation, type Investigation } from "../../src/pipeline/view/investigation.js";
import { openChecks, type OpenChecks } from "../helpers/open-checks.js";
import { insertEvents, request } from "../helpers/rule-traffic.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const ONSET = Date.parse("2026-06-15T09:00:00Z");
const TO = ONSET + 12 * HOUR;
const HOMES_A_DAY = 24;
let checks = undefined as unknown as OpenChecks;
let served = 0;

/** A request from the so-many-th of a block's /24s, each a home or a machine of its own. */
const from = (keyId: string, ts: number, block: number, n: number, network: Partial<RequestEvent>) =>
  request({ keyId, ts: ts + ((served += 1) % 1000), spendMicros: 10, ...network }, `${block}.${n >> 8}.${n & 255}.9`);
const home = (keyId: string, ts: number, n: number, block = 81) =>
  from(keyId, ts, block, n, { asn: 7000 + block * 10 + (n % 8), networkType: "isp" });
const server = (keyId: string, ts: number, block = 52) =>
  from(keyId, ts, block, 1, { asn: block, networkType: "cloud" });

/** A key that people use at home: every hour somebody new for two hours, until the end. */
const atHome = (keyId: string) =>
  Array.from({ length: 14 * 24 + 12 }, (_, hour) => hour).flatMap((hour) => {
    const ts = ONSET - 14 * DAY + hour * HOUR;
    return [home(keyId, ts, hour), home(keyId, ts + HOUR / 2, hour), home(keyId, ts + 1.5 * HOUR, hour)].filter(
      (one) => one.ts < TO,
    );
  });
const onServers = (keyId: string) =>
  Array.from({ length: 14 * 24 + 12 }, (_, hour) => server(keyId, ONSET - 14 * DAY + hour * HOUR));
const twelve = Array.from({ length: 12 }, (_, n) => n);

before(async () => {
  checks = await openChecks();
  await insertEvents(checks.store, [
    ...atHome("homes, a thief at home"),
    ...twelve.map((n) => home("homes, a thief at home", ONSET + n * HOUR, 5000 + n)),
    ...atHome("homes, a thief at a hoster"),
    ...twelve.map((n) =>
      from("homes, a thief at a hoster", ONSET + n * HOUR, 45, 1, { asn: 65_000, networkType: "hosting" }),
    ),
    ...onServers("servers, a thief at home"),
    ...twelve.map((n) => home("servers, a thief at home", ONSET + n * HOUR, n, 82)),
  ]);
});
after(() => checks.close());

const ask = (keyId: string) =>
  readInvestigation(checks.store, { keyId, key: null, from: ONSET - DAY, to: TO, onset: ONSET });
const blamed = ({ sources }: Investigation) => sources.filter(({ isUnknownSource }) => isUnknownSource);

test("an attacker at home is not told by naming the key's own new homes: the investigation says that they cannot be told apart", async () => {
  const investigation = await ask("homes, a thief at home");
  assert.deepEqual(blamed(investigation), []);
  assert.equal(investigation.taken, null);
  assert.equal(investigation.indistinct?.usualADay, HOMES_A_DAY);
  // The day before the onset and the half day after it, and the attacker's own twelve.
  assert.equal(investigation.indistinct?.addresses, HOMES_A_DAY + 12 + 12);
  assert.match(
    investigationToText(investigation),
    /undetermined +which of the 48 new addresses in its usual networks are unknown sources: 24 new ones came on the day before/,
  );
});

test("among ever-new homes an attacker at a hoster is named, and nobody else", async () => {
  const investigation = await ask("homes, a thief at a hoster");
  assert.deepEqual(
    blamed(investigation).map(({ asn, requests }) => [asn, requests]),
    [[65_000, 12]],
  );
  assert.equal(investigation.indistinct, null);
});

test("an attacker at home is named where the key is used from servers", async () => {
  const investigation = await ask("servers, a thief at home");
  assert.equal(blamed(investigation).length, 12);
  assert.equal(investigation.taken?.requests, 12);
  assert.equal(investigation.indistinct, null);
});

test("what is recorded while an investigation reads stands in none of its parts", async () => {
  const { store } = checks;
  const keyId = "servers, a thief at home";
  const span = { keyIds: [keyId], from: ONSET - DAY, to: TO };
  const instants = { since: ONSET, lately: TO - HOUR, week: ONSET - 7 * DAY, onset: ONSET };
  const { sources, visible } = await store.view.readInvestigationSources({ ...span, ...instants });
  await insertEvents(store, [server(keyId, ONSET + HOUR), server(keyId, ONSET + HOUR, 53)]);
  const { hours } = await store.view.readInvestigationUses(span, [], visible);
  const sum = (parts: readonly { readonly requests: number }[]) => parts.reduce((all, part) => all + part.requests, 0);
  assert.ok(sum(sources) > 0);
  assert.equal(sum(hours), sum(sources));
});
