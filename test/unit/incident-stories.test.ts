import assert from "node:assert/strict";
import { test } from "node:test";
import { stepIncidents } from "../../src/incident/step-incidents.js";
import { blameStatistics } from "../../src/model/finding/blamed-sources.js";
import type { Finding } from "../../src/model/finding/finding.js";
import { DAY, finding, MINUTE, since, T } from "../helpers/incident-parts.js";

/** Steps of an attacker who is found at some of the minutes of some days, and of ten clean days after. */
function stepsOf(days: number, isFound: (minute: number) => boolean) {
  const minutes = Array.from({ length: days * 1440 }, (_, i) => i);
  const found = minutes.filter(isFound).map((minute) => finding("error", T + minute * MINUTE));
  const ticks = Array.from({ length: (days + 10) * 1440 }, (_, i) => T + i * MINUTE);
  const { steps } = stepIncidents(new Map(), found, ticks);
  const notifying = steps.filter(({ transition: { kind } }) => ["opened", "reopened", "escalated"].includes(kind));
  const resolved = steps
    .filter(({ transition }) => transition.kind === "resolved")
    .map(({ transition }) => transition.at);
  return { incidents: new Set(steps.map(({ transition }) => transition.incidentId)).size, notifying, resolved };
}

test("an attacker who works one minute in ten, nights only, or not at the weekend has one incident; a steady leak's is open throughout", () => {
  const duty = stepsOf(3, (minute) => minute % 10 === 0);
  assert.deepEqual([duty.incidents, duty.notifying.length, duty.resolved], [1, 1, [T + 3 * DAY - 10 * MINUTE + DAY]]);
  const nights = stepsOf(7, (minute) => minute % 1440 < 360);
  assert.deepEqual([nights.incidents, nights.notifying.length, nights.resolved.length], [1, 1, 1]);
  const weekdays = stepsOf(14, (minute) => minute % (7 * 1440) < 5 * 1440);
  assert.deepEqual([weekdays.incidents, weekdays.notifying.length, weekdays.resolved.length], [1, 2, 2]);
  const steady = stepsOf(1, () => true);
  assert.deepEqual([steady.incidents, steady.notifying.length, steady.resolved], [1, 1, [T + 2 * DAY - MINUTE]]);
});

test("what one network does to many keys is one incident that names them all, and ends their own", () => {
  const keys = Array.from({ length: 40 }, (_, i) => `key_${i}`);
  const subject = { kind: "network", network: "203.0.113.0/24" } as const;
  const own = (keyId: string, minute: number, ...more: string[]): Finding =>
    finding("error", T + minute * MINUTE, {
      keyId,
      statistics: {
        ...since(1),
        ...blameStatistics(["203.0.113.9", ...more]),
      },
    });
  const shared = (count: number, minute: number): Finding =>
    finding("critical", T + minute * MINUTE, {
      keyId: "key_0",
      findingId: `leak/network/${minute}`,
      subject,
      statistics: { network: "203.0.113.0/24", keys: keys.slice(0, count).map((key_id) => ({ key_id })) },
    });
  // One of them is also used from elsewhere: that is its own story.
  const elsewhere = (keyId: string, minute: number) => (keyId === "key_7" && minute >= 20 ? ["198.51.100.1"] : []);
  const minutes = Array.from({ length: 30 }, (_, i) => i);
  const findings = [
    ...minutes.flatMap((minute) =>
      keys.slice(0, minute < 5 ? 3 : 40).map((keyId) => own(keyId, minute, ...elsewhere(keyId, minute))),
    ),
    ...minutes.slice(2).map((minute) => shared(minute < 6 ? 20 : 40, minute)),
  ];
  const { steps, incidents } = stepIncidents(
    new Map(),
    findings,
    minutes.map((minute) => T + minute * MINUTE),
  );
  const open = [...incidents.values()].filter((one) => one.open);
  assert.deepEqual(
    open.map((one) => [one.subject, one.keys.length]),
    [
      [subject, 40],
      [null, 0],
    ],
  );
  assert.equal(open[1]?.keyId, "key_7");
  const folded = steps.filter(({ transition }) => transition.reason === "folded").map(({ transition }) => transition);
  assert.deepEqual(new Set(folded.map(({ keyId }) => keyId)).size, folded.length);
  assert.ok(folded.every(({ into }) => into === open[0]?.incidentId) && folded.length >= 3, `${folded.length}`);
  const told = steps.filter(({ transition: { kind } }) => kind === "opened").map(({ transition }) => transition.keyId);
  assert.ok(told.length <= 3 + 1 + 20 + 1, `${told.length} notifications`);
});
