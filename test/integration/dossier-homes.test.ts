import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dossierToText } from "../../src/commands/investigate-text.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { readDossier, type Dossier } from "../../src/pipeline/view/investigation.js";
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

const ask = (keyId: string) => readDossier(checks.store, { keyId, key: null, from: ONSET - DAY, to: TO, onset: ONSET });
const blamed = ({ sources }: Dossier) => sources.filter(({ isStranger }) => isStranger);

test("a thief at home is not told by naming the key's own new homes: the dossier says that they cannot be told apart", async () => {
  const dossier = await ask("homes, a thief at home");
  assert.deepEqual(blamed(dossier), []);
  assert.equal(dossier.taken, null);
  assert.equal(dossier.indistinct?.usualADay, HOMES_A_DAY);
  // The day before the onset and the half day after it, and the thief's own twelve.
  assert.equal(dossier.indistinct?.addresses, HOMES_A_DAY + 12 + 12);
  assert.match(
    dossierToText(dossier),
    /undetermined +which of the 48 new addresses in its usual networks are unknown sources: 24 new ones came on the day before/,
  );
});

test("among ever-new homes a thief at a hoster is named, and nobody else", async () => {
  const dossier = await ask("homes, a thief at a hoster");
  assert.deepEqual(
    blamed(dossier).map(({ asn, requests }) => [asn, requests]),
    [[65_000, 12]],
  );
  assert.equal(dossier.indistinct, null);
});

test("a thief at home is named where the key is used from servers", async () => {
  const dossier = await ask("servers, a thief at home");
  assert.equal(blamed(dossier).length, 12);
  assert.equal(dossier.taken?.requests, 12);
  assert.equal(dossier.indistinct, null);
});
