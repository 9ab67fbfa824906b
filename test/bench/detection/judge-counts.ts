import { judgeReconciliation } from "../../../src/detect/reconciliation.js";
import { scoreOnceIn, thresholds } from "../../../src/detect/threshold.js";
import { BLOCK_MS, unreportedOf } from "../../../src/detect/unreported.js";
import { EVIDENCE_DAYS, learnUsualLoss } from "../../../src/detect/usual-loss.js";
import type { Fleet } from "../../../src/local/simulator/fleet.js";
import { isServed } from "../../../src/model/event/served.js";
import { DAY_MS, MINUTE_MS } from "../../../src/time/day.js";
import { CallerCounts } from "./caller-counts.js";
import { AFTERMATH_MS, FIRST_JUDGED_TICK } from "./protocol.js";
import { SLOT_MS } from "../../../src/model/finding/window.js";

/** Budgets that are judged by, in false pages per 1,000 key-days. */
export const BUDGETS = [10, 1, 0.1] as const;
/** Callers are believed a quarter of an hour after a block's end. */
const LAG_MS = BLOCK_MS;
/** An incident stays open until its key was clean for so long. */
const INCIDENT_ENDS_MS = DAY_MS;
/** How far back a check reads. */
const READ_DAYS = 30;

/** What came of one key. */
export interface CountedKey {
  /** Key-days that were judged and benign. */
  readonly benignDays: number;
  /** By budget: when (epoch ms) false incidents began, and what legitimately happened to the key within a day before. */
  readonly falsePages: readonly (readonly { readonly at: number; readonly near: readonly string[] }[])[];
  readonly attacks: readonly {
    readonly kind: string;
    /** Requests per request of the holders. */
    readonly share: number;
    /** By budget: minutes from the first malicious request to the alarm; null: none while it lasted, or within a day. */
    readonly delays: readonly (number | null)[];
  }[];
}

/** Lives through one key whose callers count what they call. */
export function judgeCounts(fleet: Fleet, seed: number, index: number): CountedKey {
  const keyId = fleet.keys[index]!.key_id;
  const disturbances = fleet.disturbances.filter((one) => one.key_id === keyId);
  const span = { from: fleet.from / MINUTE_MS, to: fleet.to / MINUTE_MS };
  const counts = new CallerCounts(seed, keyId, span, disturbances);
  const labels = fleet.labels.filter((one) => one.key_id === keyId);
  const thefts = labels.map(({ kind, origin, copies_client: copiesClient, from, to }) => ({
    kind,
    origin,
    copiesClient,
    begin: Date.parse(from),
    end: Date.parse(to),
    first: Infinity,
    last: 0,
    taken: 0,
    own: 0,
  }));
  for (const traffic of fleet.keyTraffic(index)) {
    counts.add(traffic);
    const at = traffic.minute * MINUTE_MS;
    const theft = thefts.find(({ begin, end }) => at >= begin && at < end);
    if (theft === undefined) continue;
    for (const { isAttack, status, costMicros, count } of traffic.groups) {
      if (!isServed(status, costMicros)) continue;
      if (isAttack) {
        theft.first = Math.min(theft.first, at);
        theft.last = at + MINUTE_MS;
        theft.taken += count;
      } else theft.own += count;
    }
  }
  const alarms = judgeBlocks(counts, fleet.from + FIRST_JUDGED_TICK * SLOT_MS);
  const isOfTheft = (at: number) => thefts.some(({ first, last }) => at >= first && at < last + AFTERMATH_MS);
  const firstOf = (scores: ReadonlyMap<number, number>, threshold: number, from: number, to: number) =>
    [...scores].find(([at, score]) => at > from && at <= to && score >= threshold)?.[0] ?? null;
  const scoresAt = BUDGETS.map((budget) => scoreOnceIn(1000 / budget));
  return {
    benignDays: [...alarms.judged].filter((at) => !isOfTheft(at)).length / (DAY_MS / BLOCK_MS),
    falsePages: scoresAt.map((threshold) => {
      const begun: { at: number; near: string[] }[] = [];
      let before = -Infinity;
      for (const [at, score] of alarms.scores) {
        if (score < threshold || isOfTheft(at)) continue;
        if (at - before > INCIDENT_ENDS_MS) {
          const near = disturbances.filter(({ from, to }) => Date.parse(from) <= at && Date.parse(to) >= at - DAY_MS);
          begun.push({ at, near: [...new Set(near.map(({ kind }) => kind))] });
        }
        before = at;
      }
      return begun;
    }),
    attacks: thefts
      .filter(({ taken, origin, copiesClient }) => taken > 0 && origin === "own_host" && copiesClient)
      .map(({ kind, first, last, taken, own }) => ({
        kind,
        share: taken / Math.max(1, own),
        delays: scoresAt.map((threshold) => {
          const found = firstOf(alarms.scores, threshold, first, Math.min(last + LAG_MS + BLOCK_MS, first + DAY_MS));
          return found === null ? null : (found - first) / MINUTE_MS;
        }),
      })),
  };
}

/** Scores at the ends of quarters of an hour, by instant, as checks at these would find them. */
function judgeBlocks({ blocks }: CallerCounts, from: number) {
  const all = unreportedOf(blocks);
  const scores = new Map<number, number>();
  const judged = new Set<number>();
  const limits = thresholds(1, 10);
  for (let day = from; day <= (all.at(-1)?.at ?? 0); day += DAY_MS) {
    const known = all.filter(({ at }) => at >= day - READ_DAYS * DAY_MS && at < day);
    const usual = learnUsualLoss(known, day, []);
    if (usual === null) continue;
    const recent = all.filter(({ at }) => at >= day - EVIDENCE_DAYS * DAY_MS && at < day + DAY_MS);
    for (const [i, { at }] of recent.entries()) {
      if (at < day) continue;
      const tick = at + BLOCK_MS + LAG_MS;
      judged.add(tick);
      const verdict = judgeReconciliation(recent.slice(0, i + 1), usual, 0, limits);
      if (verdict !== null) scores.set(tick, verdict.score);
    }
  }
  return { scores, judged };
}
