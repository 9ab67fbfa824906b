import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import type { IncidentTransition } from "../../src/model/incident/incident.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import type { DestinationAnswer, SeenMessage } from "../helpers/destination-receiver.js";
import { DAY, finding, HOUR, signals, T } from "../helpers/incident-parts.js";
import { openMortalDelivery, type MortalDelivery, type Part } from "../helpers/mortal-delivery.js";
import { until } from "../helpers/until.js";

// `npm run test:faults:destinations` makes 50 runs; a failure prints its seed, which DESTINATION_FAULT_SEED takes.
const RUNS = Number(process.env["DESTINATION_FAULT_RUNS"] ?? 2);
const SEED = Number(process.env["DESTINATION_FAULT_SEED"] ?? Date.now() % 2 ** 31);
const SETTLED_MS = 240_000;

/** Those that hang for ten seconds are the fewest, for the sake of time. */
const FAULTY: readonly DestinationAnswer[] = [
  "accept",
  "reset",
  "take-and-reset",
  "server-error",
  "take-and-fail",
  "rate-limited",
  "rate-limited",
  "server-error",
  "timeout",
  "reset",
  "take-and-reset",
  "take-and-fail",
  "take-and-hang",
  "hang",
];
type Fault =
  | { readonly kill: Part; readonly forMs: number }
  | { readonly freeze: "destinations" | "work"; readonly forMs: number }
  | { readonly slack: readonly DestinationAnswer[]; readonly webhook: readonly DestinationAnswer[] }
  | null;
const answers = fc.array(fc.constantFrom(...FAULTY), { maxLength: 3 });
const forMs = fc.integer({ min: 0, max: 1500 });
const aFault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constant(null),
  fc.record({ kill: fc.constantFrom<Part>("clickhouse", "redis", "receiver", "destinations", "work"), forMs }),
  fc.record({ freeze: fc.constantFrom("destinations" as const, "work" as const), forMs }),
  fc.record({ slack: answers, webhook: answers }),
  fc.record({ slack: answers, webhook: answers }),
);
const aSchedule = fc.array(fc.record({ life: fc.integer({ min: 0, max: 2 }), fault: aFault }), {
  minLength: 4,
  maxLength: 8,
});
const figures = { runs: 0, wanted: 0, messages: 0, repeats: 0, kills: 0, freezes: 0, faultyAnswers: 0 };

let parts = undefined as unknown as MortalDelivery;
let run = 0;
before(async () => {
  parts = await openMortalDelivery();
  await parts.start("work");
});
after(async () => {
  process.stdout.write(`# ${JSON.stringify(figures)}\n`);
  await parts.close();
});

/** The next step in the life of a key's incident: it opens, gets worse, ends, and begins anew. */
function stepOf(keyId: string, step: number) {
  const at = T + Math.floor(step / 3) * 3 * DAY + (step % 3) * 2 * HOUR;
  const worse = { keyId, signals: signals(["spend", 8]) };
  if (step % 3 === 0) return { findings: [finding("error", at, { keyId })], ticks: [at] };
  if (step % 3 === 1) return { findings: [finding("critical", at, worse)], ticks: [at] };
  return { findings: [], ticks: [at + 26 * HOUR] };
}

async function advance({ findings, ticks }: ReturnType<typeof stepOf>): Promise<void> {
  const deps = { store: parts.store, baseUrl: null, enqueuePage: async () => {} };
  const take = async () => {
    await parts.store.check.insertFindings(findings);
    await advanceIncidents(deps, findings, ticks);
    return true;
  };
  await until("the step is on file", take, 120_000);
}

async function suffer(fault: Fault): Promise<void> {
  if (fault === null) return;
  if ("slack" in fault) {
    figures.faultyAnswers += fault.slack.length + fault.webhook.length;
    parts.destinationsAnswerNext({ "/slack": fault.slack, "/webhook": fault.webhook });
  } else if ("freeze" in fault) {
    figures.freezes += 1;
    await parts.freeze(fault.freeze, fault.forMs);
  } else {
    figures.kills += 1;
    await parts.kill(fault.kill);
    await new Promise((resolve) => setTimeout(resolve, fault.forMs));
    await parts.start(fault.kill);
  }
}

async function play(schedule: readonly { readonly life: number; readonly fault: Fault }[]): Promise<void> {
  run += 1;
  const steps = [0, 0, 0];
  for (const { life, fault } of schedule) {
    await Promise.all([advance(stepOf(`run${run}_${life}`, steps[life]!)), suffer(fault)]);
    steps[life]! += 1;
  }
}

/** What destinations are told of a transition. */
const TYPES: Partial<Record<IncidentTransition["kind"], string>> = {
  opened: "incident.triggered",
  reopened: "incident.triggered",
  escalated: "incident.escalated",
  resolved: "incident.resolved",
};

/** What a message for Slack is, by its first words. */
function typeOf({ body }: SeenMessage): string {
  const text = String(body["text"]);
  if (text.startsWith("Resolved")) return "incident.resolved";
  return /^[A-Z]+, escalated/.test(text) ? "incident.escalated" : "incident.triggered";
}

async function judge(): Promise<void> {
  const settled = async () =>
    (await parts.store.page.readOutbox()).length === 0 &&
    (await parts.store.incident.readUnqueuedPages(0)).length === 0 &&
    (await parts.store.page.readOpenCopies()).length === 0;
  await until("every page and copy is out", settled, SETTLED_MS);
  const rows = await parts.store.incident.readIncidentRows(0);
  const own = rows.filter(({ transitions }) => transitions[0]!.keyId?.startsWith(`run${run}_`));
  const taken = parts.seenByDestinations().filter((one) => one.taken);
  assert.ok(parts.seenByDestinations().every(({ answered }) => answered !== "forged"));
  for (const { transitions } of own) {
    const { incidentId } = transitions[0]!;
    const wanted = transitions.flatMap(({ kind }) => TYPES[kind] ?? []);
    const hooks = taken.filter(
      ({ path, body }) => path === "/webhook" && (body["data"] as { incident_id: string }).incident_id === incidentId,
    );
    const once = hooks.filter(({ id }, i) => hooks.findIndex((other) => other.id === id) === i);
    assert.deepEqual(
      once.map(({ body }) => body["type"]),
      wanted,
      `${incidentId} at the webhook`,
    );
    // A repeat stands right beside what it repeats, with the same bytes.
    for (const [i, hook] of hooks.entries()) {
      const first = hooks.findIndex(({ id }) => id === hook.id);
      assert.deepEqual(hook.body, hooks[first]!.body);
      assert.ok(
        hooks.slice(first, i).every(({ id }) => id === hook.id),
        `${incidentId}: a repeat out of order`,
      );
    }
    // Slack knows no ids: of repeats there is one.
    const chat = taken.filter(({ path, body }) => path === "/slack" && JSON.stringify(body).includes(incidentId));
    const types = chat.map(typeOf);
    assert.deepEqual(
      types.filter((type, i) => type !== types[i - 1]),
      wanted,
      `${incidentId} at Slack`,
    );
    figures.wanted += 2 * wanted.length;
    figures.messages += hooks.length + chat.length;
    figures.repeats += hooks.length - once.length + chat.length - wanted.length;
  }
  figures.runs += 1;
}

test(`whatever dies, freezes or is answered, no notification of a destination is lost, none is doubled after dropping repeated ids, and each incident's are in order (${RUNS} runs, seed ${SEED})`, async () => {
  const property = fc.asyncProperty(aSchedule, async (schedule) => {
    await play(schedule);
    await judge();
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });
});
