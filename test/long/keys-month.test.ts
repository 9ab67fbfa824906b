import assert from "node:assert/strict";
import { test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { identifyWith } from "../../src/model/key/identify-key.js";
import type { KeyVersion } from "../../src/model/key/key.js";
import { fingerprintOf, pepperIdOf, pepperOf } from "../../src/model/key/key-fingerprint.js";
import type { RequestEvent } from "../../src/model/event/request-event.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { checkSpan } from "../../src/pipeline/check/check-span.js";
import { auditIdle } from "../../src/pipeline/audit/audit-idle.js";
import { carryFingerprints } from "../../src/pipeline/registry/migrate-fingerprints.js";
import { auditRotation } from "../../src/pipeline/audit/audit-rotation.js";
import { auditScopes } from "../../src/pipeline/audit/audit-scopes.js";
import { revokeKey, rotateKey } from "../../src/pipeline/registry/change-keys.js";
import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { takeLeakReports } from "../../src/pipeline/audit/take-leak-reports.js";
import { ticksBetween } from "../../src/time/ticks.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks } from "../helpers/open-checks.js";
import { hearDays, insertEvents, perMinute } from "../helpers/rule-traffic.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const MONTH = Date.parse("2026-03-02T00:00:00Z");
const [OLD_PEPPER, NEW_PEPPER] = [pepperOf("p".repeat(32)), pepperOf("q".repeat(32))];
const secretOf = (name: string) => ["sk", "live", `${name}AbCdEfGhIjKlMnOpQrStUv`].join("_");
const day = (n: number) => MONTH + n * DAY;

const KEYS: readonly KeyVersion[] = [
  keyVersion({ keyId: "clean", owner: "ana" }),
  keyVersion({ keyId: "cached", owner: "ana" }),
  keyVersion({ keyId: "late", owner: "bo", rotateBy: MONTH - 5 * DAY }),
  keyVersion({ keyId: "broad", scopes: ["read", "write"] }),
  keyVersion({ keyId: "narrow", scopes: ["read"] }),
  keyVersion({ keyId: "grows", scopes: ["read"], rotateBy: day(60) }),
  keyVersion({ keyId: "common", owner: "cy", service: "billing" }),
  keyVersion({ keyId: "staging", service: "trial", environment: "staging" }),
  keyVersion({ keyId: "shop", service: "shop", environment: "production" }),
  keyVersion({ keyId: "raised", limitPerMinute: 100 }),
  keyVersion({ keyId: "leaked" }),
].map((key) => Object.assign(key, identifyWith([OLD_PEPPER])(secretOf(key.keyId))));

const MET = KEYS.map(({ keyId }) => ({ keyId, fingerprint: fingerprintOf(NEW_PEPPER, secretOf(keyId)) }));

/** Two requests of each key at ten o'clock, as of the keys' story so far. */
function trafficOf(n: number): RequestEvent[] {
  const at = day(n) + 10 * HOUR;
  const use = (keyId: string, more: Partial<RequestEvent> = {}) => perMinute(keyId, at, [1, 1], more);
  return [
    ...(n <= 5 ? use("clean") : use("clean-2")),
    ...(n <= 5 ? use("cached", { userAgent: "worker/1" }) : use("cached-2")),
    ...use("late"),
    ...use("broad", { scope: "read" }),
    ...use("narrow", { scope: n < 9 ? "read" : "write" }),
    ...use("grows", { scope: "read" }),
    ...use("common", { service: "billing" }),
    ...(n < 15 ? [] : use("common", { service: "reports" })),
    ...use("staging", { service: n < 18 ? "trial" : "shop" }),
    ...use("shop", { service: "shop" }),
    ...use("raised"),
    ...use("leaked"),
  ];
}

/** Four callers of the revoked key that cached it, for an hour of the eighth day. */
const storm = [1, 2, 3, 4].flatMap((host) =>
  perMinute(
    "cached",
    day(8) + 10 * HOUR,
    Array<number>(50).fill(1),
    { status: 401, userAgent: "worker/1" },
    `10.1.0.${host}`,
  ),
);

async function playMonth(rotatesPepper: boolean): Promise<{ incidents: string[]; told: string[] }> {
  const checks = await openChecks();
  try {
    const { store, deps } = checks;
    await store.registry.insertKeys(KEYS, "keys");
    await hearDays(store, day(-70), 70);
    for (const n of [-70, -45, -20]) await insertEvents(store, perMinute("broad", day(n), [1], { scope: "read" }));
    for (let n = 0; n < 30; n += 1) {
      const now = day(n) + 6 * HOUR;
      // From the fifteenth day on every raw key is met under both peppers; from the eighteenth on the old one is gone.
      const identify = identifyWith([rotatesPepper && n >= 18 ? NEW_PEPPER : OLD_PEPPER]);
      if (rotatesPepper && n >= 15 && n < 18) await carryFingerprints(store, pepperIdOf(NEW_PEPPER), MET, now);
      const leak = (name: string) =>
        takeLeakReports(
          deps,
          identify,
          [{ token: secretOf(name), kind: "", place: "blog", publicSince: null }],
          "soc",
          now,
        );
      const change = async (keyId: string, changed: Partial<KeyVersion>) =>
        store.registry.insertKeys(
          [{ ...KEYS.find((key) => key.keyId === keyId)!, ...changed, validFrom: now }],
          `${keyId} ${n}`,
          "ops",
        );
      await learnBaselines(deps, Date.now() + MINUTE, now);
      await auditRotation(deps, now);
      await auditScopes(deps, now + 10 * MINUTE);
      await auditIdle(deps, now + 20 * MINUTE);
      for (const keyId of ["clean", "cached"]) {
        const wish = { keyId, to: `${keyId}-2`, identity: null, due: null };
        if (n === 3) assert.equal((await rotateKey(store, wish, "ops", now)).kind, "done");
        if (n === 7) assert.equal((await revokeKey(store, { keyId, at: now, force: false }, "ops", now)).kind, "done");
      }
      if (n === 11) await change("grows", { scopes: ["read", "admin"] });
      if (n === 12) await change("raised", { limitPerMinute: 150 });
      if (n === 20) for (const name of ["leaked", "clean", "nobody"]) await leak(name);
      await insertEvents(store, [...trafficOf(n), ...(n === 8 ? storm : [])]);
      const hour = day(n) + 10 * HOUR;
      const span = { hour, ticks: ticksBetween(hour, hour + HOUR) };
      const asOf = await store.readClock();
      const { findings } = await checkSpan(deps, span, asOf, "rollups");
      await store.check.insertFindings(findings);
      await advanceIncidents(deps, findings, [hour + HOUR]);
    }
    const rows = await store.incident.readIncidentRows(0);
    const lines = rows.map(
      ({ transitions: [first] }) =>
        `${first!.cause} ${first!.subject === null ? first!.keyId : printSubject(first!.subject)} ${first!.severity}`,
    );
    const pages = (await store.page.readOutbox()).filter(({ action }) => action === "trigger");
    return { incidents: lines.toSorted(), told: pages.map(({ keyId, severity }) => `${keyId} ${severity}`).toSorted() };
  } finally {
    await checks.close();
  }
}

test("a month of rotations, grants and leaks gives exactly its incidents, each told once, whether or not the pepper is changed in its middle", async () => {
  const month = await playMonth(true);
  assert.deepEqual(month.incidents, [
    "public_key leaked critical",
    "rotation_due key/late/overdue warning",
    "scope key/broad/unused info",
    "scope key/common/shared info",
    "scope key/grows/widened/20260313T0600 warning",
    "scope key/narrow/ungranted warning",
    "scope key/staging/environment warning",
    "scope key/staging/shared info",
    "stale_callers cached warning",
  ]);
  assert.deepEqual(month.told, [
    "broad info",
    "cached warning",
    "common info",
    "grows warning",
    "late warning",
    "leaked critical",
    "narrow warning",
    "staging info",
    "staging warning",
  ]);
  assert.deepEqual(await playMonth(false), month);
});
