import { score, type Score } from "../../../src/detect/fusion.js";
import { heldBack } from "../../../src/detect/short-past.js";
import { surpriseUnder, type BinHistory, type SurpriseOf } from "../../../src/detect/surprise.js";
import { thresholds } from "../../../src/detect/threshold.js";
import { noveltyMs, type Baseline } from "../../../src/model/finding/baseline.js";
import { NOVELTY_LEVELS } from "../../../src/model/finding/novelty.js";
import { HIGHEST_BIN, STATISTIC_COUNT } from "../../../src/model/finding/statistics.js";
import { SLOTS_PER_DAY } from "../../../src/model/finding/window.js";
import { learnKeyDay, type PastSums } from "../../../src/pipeline/learn/learn-key-day.js";
import { openDay, type DayOfKey, type OpenDay } from "../../../src/pipeline/learn/open-day.js";
import { replayDay, replayedTick, ticksThatMatter, type Replay } from "../../../src/pipeline/learn/replay-day.js";
import { addDays, DAY_MS, dayOf, dayStart } from "../../../src/time/day.js";
import type { Beginning } from "./beginning.js";
import { joinRefusals, type Refused } from "./join-refusals.js";
import { NoveltyLedger } from "./novelty-ledger.js";
import { FROM } from "./protocol.js";
import type { DayTraffic } from "./day-traffic.js";

/** The budgets that Plimsoll ships with, per 1,000 key-days. */
const LIMITS = thresholds(0.1, 10);
/** Daily maxima older than this are in no history (sql/queries/learn/baseline-bins.sql). */
const HISTORY_LOOK_BACK = 32;
const FOUNDING_DAYS = 2;
const SUBJECT = { keyId: "key", observedBy: "gateway" } as const;
const BINS = HIGHEST_BIN + 1;

/** Takes a judged tick: its number in the fleet's life, what the live check would have made of it (null: nothing to judge), and against how many days. */
export type TickTaker = (
  tick: number,
  bins: Uint8Array | null,
  result: Score | null,
  under: { readonly historyDays: number; readonly isYoung: boolean },
) => void;

/** A key as far as it is judged by: its days run from the first request on, oldest first. */
export interface LivingKey {
  readonly limitPerMinute: number | null;
  readonly days: Iterable<DayTraffic>;
  readonly beginning: Beginning;
}

/** One day of a key, as the checks of that day saw it. */
export interface LivedDay {
  readonly index: number;
  readonly open: OpenDay;
  readonly replay: Replay;
  readonly history: BinHistory;
}

/** Judges every five-minute tick of a key's life from one on (liveThrough). */
export function judgeKeyLife(key: LivingKey, firstJudgedTick: number, take: TickTaker): void {
  for (const lived of liveThrough(key)) {
    if ((lived.index + 1) * SLOTS_PER_DAY > firstJudgedTick) judgeTicks(lived, firstJudgedTick, take);
  }
}

/**
 * Lives through a key's days as the live path does, learning after each, so that every tick is seen under the snapshot of the
 * day before: the very functions that check-keys and learn-baselines run, with the reading from tables replaced by what was
 * kept of the days before. The key is looked at alone: what its groups share is not taken for expected.
 */
export function* liveThrough(key: LivingKey): Generator<LivedDay, void, undefined> {
  const ledger = new NoveltyLedger(key.beginning);
  const past: Baseline[] = [];
  let yesterday: DayTraffic | null = null;
  let refusedYesterday: Refused = new Map();
  for (const traffic of key.days) {
    const { index, bornAt } = traffic;
    const day = dayOf(FROM + index * DAY_MS);
    const before = past.at(-1) ?? null;
    const novel = ledger.add(traffic, dayStart(day) - noveltyMs(before));
    const refusedToday = ledger.foreignRefusals(traffic);
    const of: DayOfKey = {
      day,
      bornAt,
      before,
      elders: [],
      heirs: [],
      usage: usageOf(yesterday, traffic),
      novel,
      refused: joinRefusals(refusedYesterday, refusedToday),
      limitPerMinute: key.limitPerMinute,
      isPlaced: true,
      shares: null,
    };
    const open = openDay(of);
    const replay = replayDay(open, null);
    const history = historyBefore(day, past);
    yield { index, open, replay, history };
    const slots = new Map(past.map((one) => [one.day, one.slots]));
    const learned = learnKeyDay(
      {
        subject: SUBJECT,
        day: open,
        replay,
        mattering: ticksThatMatter(open, replay, LIMITS.notice),
        history,
        sums: sumsBefore(day, bornAt, past),
        slotsOfDay: (daysAgo) => wholeDay(slots.get(addDays(day, 1 - daysAgo))),
      },
      LIMITS,
    );
    past.push(learned.baseline);
    yesterday = traffic;
    refusedYesterday = refusedToday;
  }
}

function judgeTicks({ index, open, replay, history }: LivedDay, firstJudgedTick: number, take: TickTaker): void {
  const usual = remembering(surpriseUnder(history));
  const held = heldBack(history, LIMITS.learnedDays);
  for (let slot = 0; slot < SLOTS_PER_DAY; slot += 1) {
    const tick = index * SLOTS_PER_DAY + slot;
    if (tick < firstJudgedTick) continue;
    const { bins, firstDays } = replayedTick(open, replay, slot) ?? { bins: null, firstDays: null };
    const isSilent = bins === null || bins.every((bin) => bin === 0);
    const surpriseOf = firstDays === null ? usual : surpriseUnder(history, firstDays);
    const judged = { isPlaced: true, firstDays: firstDays?.kind ?? null, heldBack: held };
    const result = isSilent ? null : score(bins, surpriseOf, judged);
    take(tick, bins, result, { historyDays: history.days.length, isYoung: firstDays !== null });
  }
}

/** A day asks for the same few surprises again and again. */
function remembering(surpriseOf: SurpriseOf): SurpriseOf {
  const known = new Float64Array(STATISTIC_COUNT * BINS).fill(NaN);
  return (index, bin) => {
    const at = index * BINS + bin;
    if (Number.isNaN(known[at])) known[at] = surpriseOf(index, bin);
    return known[at]!;
  };
}

function usageOf(before: DayTraffic | null, today: DayTraffic): NonNullable<DayOfKey["usage"]> {
  const [at, requests, spendMicros] = [[] as number[], [] as number[], [] as number[]];
  for (const [first, day] of [[0, before] as const, [SLOTS_PER_DAY, today] as const]) {
    day?.requests.forEach((count, slot) => {
      if (count === 0) return;
      at.push(first + slot);
      requests.push(count);
      spendMicros.push(day.spendMicros[slot]!);
    });
  }
  return { at, requests, spendMicros };
}

/** Daily maxima of the days before, as sql/queries/learn/baseline-bins.sql reads them. */
function historyBefore(day: string, past: readonly Baseline[]): BinHistory {
  const days = past.slice(-HISTORY_LOOK_BACK).map((one) => ({
    daysAgo: (dayStart(day) - dayStart(one.day)) / DAY_MS,
    bins: one.dailyMaxBins,
  }));
  return { days: days.filter(({ bins }) => bins.length > 0), ...standingOf(past.at(-1), day) };
}

/** What the snapshot of the day before says of how a key is judged on a day. */
function standingOf(before: Baseline | undefined, day: string): Pick<BinHistory, "taughtDays" | "isSuspect"> {
  return { taughtDays: before?.taughtDays ?? 0, isSuspect: (before?.suspectUntil ?? 0) > dayStart(day) };
}

/** Sums over the days before, as sql/queries/learn/baseline-sums.sql reads them with the spans of pastDays. */
function sumsBefore(day: string, bornAt: number, past: readonly Baseline[]): PastSums {
  const teaching = past.filter(({ dailyMaxBins }) => dailyMaxBins.length > 0);
  const founded = addDays(dayOf(bornAt), FOUNDING_DAYS);
  const churning = teaching.filter(
    (one) => one.day >= addDays(day, -17) && one.day <= addDays(day, -4) && one.day > founded,
  );
  const costing = teaching.filter((one) => one.day >= addDays(day, -5));
  const sum = (days: readonly Baseline[], of: (one: Baseline) => number) =>
    days.reduce((total, one) => total + of(one), 0);
  return {
    novelRequests: NOVELTY_LEVELS.map((_, g) => sum(churning, (one) => one.novelRequests[g]!)),
    churnRequests: sum(churning, (one) => one.requests),
    costRequests: sum(costing, (one) => one.requests),
    costMicros: sum(costing, (one) => one.spendMicros),
  };
}

const wholeDay = (slots: readonly number[] | undefined) => (slots?.length === SLOTS_PER_DAY ? slots : undefined);
