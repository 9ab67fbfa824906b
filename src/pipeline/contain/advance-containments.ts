import pMap from "p-map";
import { desiredState } from "../../contain/desired-state.js";
import { foldContainments, isOver, type Containment } from "../../contain/fold-containments.js";
import { nextCallTry } from "../../contain/next-call-try.js";
import { nextMove, type Move } from "../../contain/next-move.js";
import type { CallProgress, ContainmentCall } from "../../model/incident/containment.js";
import type { Incident } from "../../model/incident/incident.js";
import type { DeliveryVerdict } from "../../model/incident/page.js";
import { groupBy } from "../../model/group-by.js";
import type { ListedContainment } from "../../store/contain/containment-calls.js";
import { readKnownIncident } from "../incident/read-incidents.js";
import { missingGuardText, type ContainDeps } from "./contain-deps.js";
import { recordContainment } from "./contain-key.js";
import { followEffect } from "./follow-effect.js";
import { openGuardLanes, type DueCall } from "./guard-lanes.js";
import { activeCalls } from "./prepare-containment.js";

/** Incidents that are looked at side by side. */
const AT_ONCE = 4;
/** How often a pass looks for what came while a guard is slow. */
const LOOK_MS = 1000;
/** One incident has a few containments of a few steps each: more in one pass is a fault, and goes on in the next. */
const MOST_MOVES = 60;
/** A pass ends after this; the next one goes on. */
const PASS_MS = 40_000;

/** What a pass did: calls that guards took and refused, and containments that are not over. */
export interface ContainmentReport {
  readonly sent: number;
  readonly refused: number;
  readonly left: number;
}

interface Pass {
  readonly deps: ContainDeps;
  readonly clock: () => number;
  readonly signal: AbortSignal | undefined;
  readonly endsAt: number;
  readonly report: { sent: number; refused: number };
}

/**
 * One pass over the containments that are not over: sends what is due, says in the incident what became of it and what it came to, and undoes what has
 * expired. Every move is decided anew from what is on file, so that a pass that is cut off anywhere is repeated without harm. While a guard is slow the pass
 * goes on with what is new: a key waits for no guard but its own.
 */
export async function advanceContainments(
  deps: ContainDeps,
  now: number,
  {
    signal,
    elapsedMs = stopwatch(),
  }: { readonly signal?: AbortSignal | undefined; readonly elapsedMs?: () => number } = {},
): Promise<ContainmentReport> {
  const { contain } = deps.store;
  const report = { sent: 0, refused: 0 };
  const pass: Pass = { deps, clock: () => now + elapsedMs(), signal, endsAt: performance.now() + PASS_MS, report };
  const [lanes, seen] = [openGuardLanes(), new Set<string>()];
  let wasListed = false;
  const failures: unknown[] = [];
  try {
    for (;;) {
      const ended = lanes.takeEnded();
      const listed = groupBy(await contain.readListedContainments(), ({ incidentId }) => incidentId);
      const isDue = ([id, its]: readonly [string, readonly ListedContainment[]]) =>
        !lanes.isAsking(id) && (ended.has(id) || its.some(({ sequence }) => !seen.has(`${sequence} ${id}`)));
      wasListed ||= listed.size > 0;
      const due: DueCall[] = [];
      const look = async ([id, its]: readonly [string, readonly ListedContainment[]]) => {
        // One incident that cannot be looked after holds up no other, and is not looked at again.
        const { upTo, call } = await lookAfter(pass, id, its).catch((error: unknown): LookedAfter => {
          failures.push(error);
          return { upTo: Infinity };
        });
        // A writer lists its step before it is on file: what is not there yet is looked for again.
        for (const { sequence } of its) if (sequence <= upTo) seen.add(`${sequence} ${id}`);
        if (call !== undefined) due.push(call);
      };
      await pMap([...listed].filter(isDue), look, { concurrency: AT_ONCE });
      lanes.start(due);
      if (lanes.isIdle() || isPassOver(pass)) break;
      await lanes.waitForOne(LOOK_MS);
    }
  } finally {
    // What is sent must not outlive the pass: the next one would send it again.
    await lanes.settle();
  }
  if (failures.length > 0) throw new AggregateError(failures, "incidents could not be looked after");
  const left = wasListed ? (await contain.readListedContainments()).length : 0;
  return { ...report, left };
}

function isPassOver({ signal, endsAt }: Pass): boolean {
  return signal?.aborted === true || performance.now() > endsAt;
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round(performance.now() - startedAt);
}

/** How far an incident was looked after: up to which of its steps, and the call that is due, if one is. */
interface LookedAfter {
  readonly upTo: number;
  readonly call?: DueCall;
}

/** Makes every move of an incident but calls. */
async function lookAfter(pass: Pass, incidentId: string, listed: readonly ListedContainment[]): Promise<LookedAfter> {
  const { deps, clock } = pass;
  const { store } = deps;
  let upTo = Infinity;
  for (let moves = 0; moves < MOST_MOVES && !isPassOver(pass); moves += 1) {
    const known = await readKnownIncident(store, incidentId);
    if (known === null) return { upTo };
    upTo = known.incident.sequence;
    const containments = foldContainments(known.transitions);
    const calls = await store.contain.readCalls([incidentId]);
    const facts = { incident: known.incident, containments, calls, now: clock() };
    const due = containments.map((one) => nextMove(one, facts)).filter((one) => one !== null);
    // What waits for no guard goes first: its guard may be away.
    const move = due.find(({ kind }) => kind !== "send") ?? due[0];
    if (move?.kind === "send") {
      const progress = calls.get(move.call.callId);
      const ask = async () => send(pass, move.call, containments, progress);
      return { upTo, call: { incidentId, guard: move.call.guard, attempts: progress?.attempts ?? 0, ask } };
    }
    if (move !== undefined) {
      await make(pass, move, known.incident);
      continue;
    }
    for (const one of listed) if (isDone(one, known.incident, containments)) await store.contain.unlistContainment(one);
    return { upTo };
  }
  return { upTo };
}

/** Whether a containment need not be listed any more. One whose step has not come yet may still get it: its writer lists it before. */
function isDone({ sequence }: ListedContainment, incident: Incident, containments: readonly Containment[]): boolean {
  const its = containments.find(({ apply, undo }) => apply.step === sequence || undo?.step === sequence);
  return its === undefined ? sequence <= incident.sequence : isOver(its);
}

async function make(
  { deps, clock }: Pass,
  move: Exclude<Move, null | { readonly kind: "send" }>,
  incident: Incident,
): Promise<void> {
  const { contain } = deps.store;
  switch (move.kind) {
    case "queue":
      return contain.insertCallState(move.call, { state: "pending", at: clock(), status: 0, problem: "" });
    case "drop":
      return contain.insertCallState(move.call, { state: "dropped", at: clock(), status: 0, problem: move.problem });
    case "record":
      return void (await recordContainment(deps, move.step, incident));
    case "follow":
      return void (await recordContainment(
        deps,
        await followEffect(deps.store, incident, move.containment, clock()),
        incident,
      ));
  }
}

/** Makes a call and puts on file what came of it; false where the guard does not answer. */
async function send(
  { deps, clock, signal, report }: Pass,
  call: ContainmentCall,
  containments: readonly Containment[],
  progress: CallProgress | undefined,
): Promise<boolean> {
  const guard = deps.guardOf(call.guard);
  // What is undone is not active, so that this is what holds after the call, whichever it is.
  const desired = desiredState(activeCalls(containments, call));
  const options = { signal, at: Date.now(), ...(deps.timeoutMs === undefined ? {} : { timeoutMs: deps.timeoutMs }) };
  const verdict: DeliveryVerdict =
    guard === undefined
      ? { kind: "retry", status: 0, problem: missingGuardText(call.guard), retryAfterMs: null }
      : await guard.send({ call, desired }, options);
  const at = clock();
  const { state, notBefore } = nextCallTry(progress ?? { attempts: 0, createdAt: at }, verdict, at, Math.random());
  const problem = verdict.kind === "sent" ? "" : verdict.problem;
  await deps.store.contain.insertCallState(call, { state, at, status: verdict.status, problem, notBefore });
  if (state === "sent") report.sent += 1;
  if (state === "failed") report.refused += 1;
  deps.onTried?.(call, state, problem);
  return verdict.kind !== "retry" || verdict.status !== 0;
}
