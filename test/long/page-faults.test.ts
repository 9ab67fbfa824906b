import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import type { IncidentTransition } from "../../src/model/incident/incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import { DAY, finding, HOUR, signals, T } from "../helpers/incident-parts.js";
import { openMortalDelivery, type MortalDelivery, type Part } from "../helpers/mortal-delivery.js";
import { until } from "../helpers/until.js";

// `npm run test:faults:pages` makes 200 runs; a failure prints its seed, which PAGE_FAULT_SEED takes.
const RUNS = Number(process.env["PAGE_FAULT_RUNS"] ?? 2);
const SEED = Number(process.env["PAGE_FAULT_SEED"] ?? Date.now() % 2 ** 31);
const SETTLED_MS = 240_000;

type Fault = { readonly kill: Part; readonly forMs: number } | { readonly answers: readonly Answer[] } | null;
type Step = { readonly life: number; readonly fault: Fault };

const FAULTY: readonly Answer[] = [
  "rate-limited",
  "server-error",
  "bad-gateway-html",
  "accepted-empty",
  "reset",
  "slow-body",
  "redirect",
  "accept",
];
const aFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant(null),
  fc.record({
    kill: fc.constantFrom<Part>("clickhouse", "redis", "receiver", "work"),
    forMs: fc.integer({ min: 0, max: 1500 }),
  }),
  fc.record({ answers: fc.array(fc.constantFrom(...FAULTY), { minLength: 1, maxLength: 4 }) }),
);
const aSchedule = fc.array(fc.record({ life: fc.integer({ min: 0, max: 2 }), fault: aFault }), {
  minLength: 5,
  maxLength: 9,
});

let parts = undefined as unknown as MortalDelivery;
before(async () => {
  parts = await openMortalDelivery();
  await parts.start("work");
});
after(() => parts.close());

let run = 0;

/** The next step in the life of a key's incident: it opens, gets worse, ends, and begins anew. */
function stepOf(keyId: string, step: number) {
  const at = T + Math.floor(step / 3) * 3 * DAY + (step % 3) * 2 * HOUR;
  const worse = { keyId, signals: signals(["spend", 8]) };
  if (step % 3 === 0) return { findings: [finding("error", at, { keyId })], ticks: [at] };
  if (step % 3 === 1) return { findings: [finding("critical", at, worse)], ticks: [at] };
  return { findings: [], ticks: [at + 26 * HOUR] };
}

/** As the check does: what fails is done again from its beginning. */
async function advance({ findings, ticks }: ReturnType<typeof stepOf>): Promise<void> {
  const deps = { store: parts.store, baseUrl: null, enqueuePage: async () => {} };
  const take = async () => {
    await parts.store.check.insertFindings(findings);
    await advanceIncidents(deps, findings, ticks);
    return true;
  };
  await until("the step is on file", take, 120_000);
}

async function play(schedule: readonly Step[]): Promise<void> {
  run += 1;
  const steps = [0, 0, 0];
  const down = new Set<Part>();
  for (const { life, fault } of schedule) {
    if (fault !== null && "answers" in fault) parts.answerNext(fault.answers);
    const killed = fault !== null && "kill" in fault ? fault : null;
    // ClickHouse dies while the step is written; the others while it is delivered.
    const dying = killed === null ? Promise.resolve() : bringDown(killed.kill, killed.forMs, down);
    await Promise.all([advance(stepOf(`run${run}_${life}`, steps[life]!)), dying]);
    steps[life]! += 1;
  }
}

async function bringDown(part: Part, forMs: number, down: Set<Part>): Promise<void> {
  if (down.has(part)) return;
  down.add(part);
  await parts.kill(part);
  await new Promise((resolve) => setTimeout(resolve, forMs));
  await parts.start(part);
  down.delete(part);
}

/** What PagerDuty is told of a transition: action and number of the notification. */
function eventsOf({ kind, episode }: IncidentTransition): string[] {
  const former = episode > 1 ? [`resolve ${episode - 1}`] : [];
  if (kind === "opened" || kind === "reopened") return [`trigger ${episode}`];
  if (kind === "escalated") return [`trigger ${episode}`].concat(former);
  return kind === "resolved" ? [`resolve ${episode}`].concat(former) : [];
}

/** What PagerDuty must have been told of this run's incidents, in order, and what it was told. */
async function judge(): Promise<void> {
  const settled = async () =>
    (await parts.store.page.readOutbox()).length === 0 &&
    (await parts.store.incident.readUnqueuedPages(0)).length === 0;
  await until("every page is out", settled, SETTLED_MS);
  const rows = await parts.store.incident.readIncidentRows(0);
  const seen = parts.seen().filter(({ key }) => key?.includes(`run${run}_`));
  const own = rows.filter(({ transitions }) => transitions[0]!.keyId?.startsWith(`run${run}_`));
  for (const { transitions } of own) {
    const [first] = transitions;
    const isOwn = ({ key }: { key: string }) => key.startsWith(`plimsoll/${first!.incidentId}/`);
    const accepted = seen
      .filter((event) => event.answered === 202 && isOwn(event))
      .map(({ action, key }) => `${action} ${key.split("/").at(-1)}`);
    const wanted = transitions.flatMap(eventsOf);
    // A repeat stands beside what it repeats: nothing of the incident went in between.
    assert.deepEqual(
      accepted.filter((event, i) => event !== accepted[i - 1]),
      wanted,
      first!.incidentId,
    );
    const open = accepted.reduce((keys, event) => {
      const [action, episode = ""] = event.split(" ");
      assert.ok(
        !(action === "trigger" && keys.get(episode) === "ended"),
        `${first!.incidentId}: ${episode} is opened twice`,
      );
      return keys.set(episode, action === "trigger" ? "open" : "ended");
    }, new Map<string, string>());
    assert.ok([...open.values()].filter((state) => state === "open").length <= 1, "at most one is open");
  }
}

test(`whatever dies and whatever PagerDuty answers, no page is lost, none is opened twice, and each incident's are in order (${RUNS} runs, seed ${SEED})`, async () => {
  const property = fc.asyncProperty(aSchedule, async (schedule) => {
    await play(schedule);
    await judge();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
});
