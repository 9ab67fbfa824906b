import assert from "node:assert/strict";
import { test } from "node:test";
import { printSubject } from "../../src/model/finding/finding-subject.js";
import { summaryText } from "../../src/model/finding/headline.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { auditIdle } from "../../src/pipeline/audit/audit-idle.js";
import { finding } from "../helpers/incident-parts.js";
import { keyVersion } from "../helpers/key-version.js";
import { openChecks } from "../helpers/open-checks.js";
import { hearDays, insertEvents, request } from "../helpers/rule-traffic.js";

const [HOUR, DAY] = [3_600_000, 86_400_000];
const TODAY = Date.parse("2026-06-01T00:00:00Z");
const NOW = TODAY + 6.5 * HOUR;
const created = { createdAt: TODAY - 200 * DAY };
const LEGACY = "c".repeat(64);

test("keys that sleep, were never used or woke are told once and with their networks; what a rotation or a page tells already is not", async () => {
  const checks = await openChecks();
  try {
    const { store, deps, found } = checks;
    await store.registry.insertKeys(
      [
        keyVersion({ keyId: "busy", ...created }),
        keyVersion({ keyId: "sleeping", owner: "ana", ...created }),
        keyVersion({ keyId: "awake", owner: "bo", ...created }),
        keyVersion({ keyId: "paged", ...created }),
        keyVersion({ keyId: "unused", ...created }),
        keyVersion({ keyId: "young", createdAt: TODAY - 10 * DAY }),
        keyVersion({ keyId: "revoked", revokedAt: TODAY - 100 * DAY, ...created }),
        keyVersion({ keyId: "overdue", rotateBy: TODAY - DAY, ...created }),
        keyVersion({ keyId: "registered-late", fingerprints: [LEGACY], ...created }),
      ],
      "keys",
    );
    await hearDays(store, TODAY - 110 * DAY, 110);
    const use = (keyId: string, daysAgo: number, source?: string) =>
      request({ keyId, ts: NOW - daysAgo * DAY }, source);
    await insertEvents(store, [
      use("busy", 40),
      use("busy", 3),
      use("busy", 0.2),
      use("sleeping", 95),
      use("awake", 70),
      use("awake", 0.2, "198.51.100.7"),
      use("paged", 70),
      use("paged", 0.2, "198.51.100.7"),
      use("revoked", 105),
      use(`fp_${LEGACY.slice(0, 16)}`, 20),
    ]);
    const leak = finding("critical", TODAY, { keyId: "paged", onset: TODAY, summary: "paged leaks" });
    await store.check.insertFindings([leak]);
    await advanceIncidents(deps, [leak], []);
    const audit = await auditIdle(deps, NOW);
    assert.deepEqual(audit, { neverUsed: ["unused"], sleeping: ["sleeping"], awake: ["awake"] });
    await auditIdle(deps, NOW + 10 * 60_000);
    const notices = found.filter(({ cause, tick }) => cause === "scope" && tick === NOW);
    assert.deepEqual(notices.map(({ subject, severity }) => `${printSubject(subject)} ${severity}`).toSorted(), [
      "key/awake/awake warning",
      "key/sleeping/sleeping info",
      "key/unused/never_used info",
    ]);
    const woke = notices.find(({ keyId }) => keyId === "awake")!;
    assert.match(
      summaryText(woke),
      /used again since 2026-06-01 01:00 UTC, after 69 days without use, from 198\.51\.100\.7 \(AS64500\): 1 requests?/,
    );
    const told = (await store.page.readOutbox()).filter(({ action }) => action === "trigger");
    assert.deepEqual(told.map(({ keyId }) => keyId ?? "").toSorted(), ["awake", "paged", "sleeping", "unused"]);
    // A day later its new use is no news.
    await insertEvents(store, [use("awake", -1)]);
    assert.deepEqual((await auditIdle(deps, NOW + DAY + HOUR)).awake, []);
  } finally {
    await checks.close();
  }
});
