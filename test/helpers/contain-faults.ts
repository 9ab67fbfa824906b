import assert from "node:assert/strict";
import * as fc from "fast-check";
import { foldContainments } from "../../src/contain/fold-containments.js";
import { containKey, undoContainments } from "../../src/pipeline/contain/contain-key.js";
import type { ContainDeps } from "../../src/pipeline/contain/contain-deps.js";
import { advanceContainments } from "../../src/pipeline/contain/advance-containments.js";
import { readKnownIncident } from "../../src/pipeline/incident/read-incidents.js";
import type { Store } from "../../src/store/store.js";
import { ANA, type ContainStory } from "./contain-story.js";
import type { GuardAnswer } from "./guard-receiver.js";

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const LASTS = 6 * HOUR;
const MOST_PASSES = 40;
/** Short enough to wait for what hangs; what is slower on a busy machine is one more answer that nobody hears. */
const TIMEOUT_MS = 400;

const FAULTY: readonly GuardAnswer[] = [
  "fail",
  "busy",
  "reset",
  "act-and-hang",
  "act-and-reset",
  "act-and-fail",
  "accept",
];

/** What is done in a step of a schedule, and what goes wrong meanwhile. */
interface Step {
  readonly act: "deny" | "throttle" | "undo" | "wait" | "long wait";
  readonly answers: readonly GuardAnswer[];
  /** The process dies at this write to ClickHouse, before or after it is done; null: it lives. */
  readonly dies: { readonly at: number; readonly after: boolean } | null;
  /** Two workers at once. */
  readonly twice: boolean;
}

const aStep: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom("deny", "throttle", "undo", "wait", "long wait"),
  answers: fc.array(fc.constantFrom(...FAULTY), { maxLength: 3 }),
  dies: fc.option(fc.record({ at: fc.integer({ min: 0, max: 6 }), after: fc.boolean() })),
  twice: fc.boolean(),
});
const aSchedule = fc.array(aStep, { minLength: 3, maxLength: 7 });

/** What schedules came to. */
export interface FaultFigures {
  runs: number;
  asked: number;
  tries: number;
  deaths: number;
  lost: number;
  doubled: number;
}

class Death extends Error {}

/** A store whose process dies at a write: nothing that it was to write afterwards is written. */
function mortal(store: Store, dies: Step["dies"], onDeath: () => void): Store {
  let [writes, dead] = [0, false];
  const rooms = ["contain", "incident", "page"] as const;
  const wrap = <Room extends object>(room: Room): Room =>
    new Proxy(room, {
      get(target, name, own) {
        const run: unknown = Reflect.get(target, name, own);
        if (typeof run !== "function" || !/^(insert|list|unlist)/.test(String(name))) return run;
        return async (...given: unknown[]) => {
          const isLast = dies !== null && writes === dies.at;
          writes += 1;
          if (dead || (isLast && !dies.after)) return die();
          const result: unknown = await (run as (...all: unknown[]) => unknown)(...given);
          return isLast ? die() : result;
        };
      },
    });
  const die = () => {
    if (!dead) onDeath();
    dead = true;
    throw new Death("killed");
  };
  return { ...store, ...Object.fromEntries(rooms.map((room) => [room, wrap(store[room])])) };
}

/** Runs random schedules of faults; after each, once everything is well again: no call is lost, none had its effect twice, and what expired is undone. */
export async function runContainFaults(story: ContainStory, runs: number, seed: number): Promise<FaultFigures> {
  const figures: FaultFigures = { runs: 0, asked: 0, tries: 0, deaths: 0, lost: 0, doubled: 0 };
  const property = fc.asyncProperty(aSchedule, async (schedule) => {
    const run = (figures.runs += 1);
    const id = await story.leak(`faulty-${seed}-${run}`, {}, true);
    let now = story.now();
    for (const step of schedule) now = await play(story, id, step, now, figures);
    await judge(story, id, now, figures);
  });
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
  return figures;
}

async function play(story: ContainStory, id: string, step: Step, at: number, figures: FaultFigures): Promise<number> {
  const now = at + (step.act === "wait" ? 2 * MINUTE : step.act === "long wait" ? LASTS + MINUTE : 5 * SECOND);
  const hasty: ContainDeps = { ...story.deps, timeoutMs: TIMEOUT_MS };
  const deps: ContainDeps = { ...hasty, store: mortal(story.deps.store, step.dies, () => (figures.deaths += 1)) };
  const survive = async (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      const all = error instanceof AggregateError ? error.errors : [error];
      if (!all.every((one) => one instanceof Death)) throw error;
    });
  story.receiver.answerNext(...step.answers);
  const pass = (of: ContainDeps) => advanceContainments(of, now, { elapsedMs: () => 0 });
  const wish = { networks: [`198.51.100.${figures.runs % 250}`], limitPerMinute: null, until: now + LASTS };
  if (step.act === "deny") await survive(containKey(deps, id, { ...wish, action: "deny_networks" }, ANA, now));
  if (step.act === "throttle")
    await survive(containKey(deps, id, { ...wish, action: "throttle", networks: null, limitPerMinute: 7 }, ANA, now));
  if (step.act === "undo") await survive(undoContainments(deps, id, null, ANA, now));
  await Promise.all([survive(pass(deps)), ...(step.twice ? [survive(pass(hasty))] : [])]);
  return now;
}

async function judge(story: ContainStory, id: string, at: number, figures: FaultFigures): Promise<void> {
  const { receiver, checks } = story;
  receiver.answerNext();
  const contained = async () => foldContainments((await readKnownIncident(checks.store, id))!.transitions);
  const settle = async (now: number) => {
    for (let passes = 0; passes < MOST_PASSES; passes += 1) {
      const { sent, refused } = await advanceContainments(story.deps, now, { elapsedMs: () => 0 });
      if (sent + refused === 0) return;
    }
    assert.fail("it does not come to rest");
  };
  // Later than any waiting time, sooner than the newest containment expires.
  const healed = at + 11 * MINUTE;
  await settle(healed);
  const asked = await contained();
  const own = receiver.seen.filter(({ body }) => (JSON.parse(body) as Sent).data.incident_id === id);
  const wanted = asked.filter(({ undo }) => undo === null).map(({ apply }) => apply.containmentId);
  const isOwn = (containment: string) => containment.startsWith(`${id}/`);
  const inForce = [...receiver.inForce.keys()].filter(isOwn);
  figures.asked += asked.length;
  figures.tries += own.length;
  figures.lost += wanted.filter((one) => !inForce.includes(one)).length;
  assert.deepEqual(
    inForce.toSorted(),
    wanted.toSorted(),
    "what was asked and not undone is in force, and nothing else",
  );
  for (const { apply, answer } of asked) {
    const calls = own.filter(({ body }) => (JSON.parse(body) as Sent).data.containment_id === apply.containmentId);
    const effects = (type: string) =>
      calls.filter(({ body, hadEffect }) => hadEffect && body.includes(`"type":"${type}"`));
    const doubled = [effects("key.contain").length, effects("key.release").length].filter((count) => count > 1).length;
    figures.doubled += doubled;
    assert.equal(doubled, 0, "no effect twice");
    for (const { headers, body } of calls)
      assert.ok(calls.every((other) => other.headers["webhook-id"] !== headers["webhook-id"] || other.body === body));
    assert.notEqual(answer, "refused", "nobody refused");
  }
  const said = (await readKnownIncident(checks.store, id))!.transitions.flatMap(({ reason, containment }) =>
    reason === "accepted" || reason === "undone" ? [`${reason} ${containment?.containmentId}`] : [],
  );
  assert.equal(new Set(said).size, said.length, "each answer is said once");
  await settle(healed + LASTS + DAY);
  const left = [...receiver.inForce.keys()].filter(isOwn);
  figures.lost += left.length;
  assert.deepEqual(left, [], "what expired is undone");
  assert.ok((await contained()).every(({ ended }) => ended === "undone"));
  const listed = await checks.store.contain.readListedContainments();
  // A writer that died before its step left it on the list: the next step takes it off.
  assert.ok(listed.filter(({ incidentId }) => incidentId === id).length <= 1);
}

interface Sent {
  readonly data: { readonly incident_id: string; readonly containment_id: string };
}
