import { perWindow, WINDOW_MINUTES, type PerWindow } from "../../../model/finding/window.js";
import type { Store } from "../../../store/store.js";
import type { UsageMinutes } from "../../../store/check/usage.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { groupBy } from "../../../model/group-by.js";
import type { ObservedLog } from "../facts/observed-log.js";
import type { CheckCache } from "../facts/check-cache.js";
import { QUARTER_MS, quarterOf } from "../facts/quarter-usage.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import { type Subject, indexBySubject, subjectKey } from "../../../model/subject.js";

/** A key's served usage in each minute from 24 h before an hour to its end. */
export interface MinuteSeries {
  /** Epoch ms of minute 0. */
  readonly start: number;
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

export const SERIES_MINUTES = 1500;
const DAY_MINUTES = DAY_MS / MINUTE_MS;
const HOUR_MINUTES = HOUR_MS / MINUTE_MS;
const SLOT_MINUTES = 5;

/** What minutes of a span are read with. */
interface SeriesDeps {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly watched: WatchedKeys;
  readonly observed: ObservedLog;
  /** Null: from roll-ups. */
  readonly rawAsOf: number | null;
}

/** Some minutes of a subject. */
type Minutes = Pick<MinuteSeries, "requests" | "spendMicros">;

/**
 * Reads the minutes of some keys, dense, by subject, up to the end of the last tick's quarter of an hour. Those that usage in memory holds are taken from
 * there; those before the hour are kept while no row of them is added: the same keys are asked for again and again, as long as an incident is open.
 */
export async function readMinuteSeries(
  deps: SeriesDeps,
  { hour, ticks }: TickSpan,
  rows: readonly Subject[],
): Promise<Map<string, MinuteSeries>> {
  const { store, memory, observed, rawAsOf } = deps;
  const keys = [...new Set(rows.map((row) => row.keyId))];
  const past = { from: hour - DAY_MS, until: hour };
  const { text, settled } = observed.stamp(past.from, past.until);
  const kept = { stamp: `${hour} ${text}`, keep: settled && rawAsOf === null };
  const [before, within] = await Promise.all([
    minutesOf(deps, rows, past, async () =>
      memory.minutes.recall(keys, kept, async (missing) =>
        groupBy(await store.check.readUsageMinutes(past, missing, rawAsOf), ({ keyId }) => keyId),
      ),
    ),
    minutesOf(deps, rows, { from: hour, until: quarterOf(ticks.at(-1) ?? hour + 1) + QUARTER_MS }, async (span) =>
      groupBy(await store.check.readUsageMinutes(span, keys, rawAsOf), ({ keyId }) => keyId),
    ),
  ]);
  const nothing = (minutes: number): Minutes => ({ requests: zeros(minutes), spendMicros: zeros(minutes) });
  return new Map(
    [...new Set([...before.keys(), ...within.keys()])].map((name) => {
      const [one, other] = [before.get(name) ?? nothing(DAY_MINUTES), within.get(name) ?? nothing(HOUR_MINUTES)];
      const requests = [...one.requests, ...other.requests];
      return [name, { start: hour - DAY_MS, requests, spendMicros: [...one.spendMicros, ...other.spendMicros] }];
    }),
  );
}

/** Minutes of a part of a span, dense, by subject: of some subjects from memory, or of their keys from what is asked for. */
async function minutesOf(
  { memory, watched, observed, rawAsOf }: SeriesDeps,
  rows: readonly Subject[],
  span: { readonly from: number; readonly until: number },
  read: (asked: typeof span) => Promise<ReadonlyMap<string, readonly UsageMinutes[]>>,
): Promise<Map<string, Minutes>> {
  const usage = rawAsOf === null ? memory.usage.peek(watched.stamp, watched.stamp) : undefined;
  const found = new Map<string, Minutes>();
  for (const [name, subject] of indexBySubject(rows)) {
    const minutes = usage?.minutesOf(observed, subject, span) ?? null;
    if (minutes === null) return denseOf((await read(span)).values(), (span.until - span.from) / MINUTE_MS);
    found.set(name, minutes);
  }
  return found;
}

function denseOf(byKey: Iterable<readonly UsageMinutes[]>, minutes: number): Map<string, Minutes> {
  const found = new Map<string, Minutes>();
  for (const sparse of [...byKey].flat()) {
    const [requests, spendMicros] = [zeros(minutes), zeros(minutes)];
    for (const [i, at] of sparse.at.entries()) {
      requests[at] = sparse.served[i]!;
      spendMicros[at] = sparse.spendMicros[i]!;
    }
    found.set(subjectKey(sparse), { requests, spendMicros });
  }
  return found;
}

const ZEROS: readonly number[] = Array.from({ length: SERIES_MINUTES }, () => 0);

/** So many zeros (at most SERIES_MINUTES), to be added to: copied, since many are asked for. */
export function zeros(minutes: number): number[] {
  return ZEROS.slice(0, minutes);
}

/** Position of an instant (epoch ms) in a series. */
export function minuteAt(series: Pick<MinuteSeries, "start">, at: number): number {
  return (at - series.start) / MINUTE_MS;
}

/** The least share of the limit over the five-minute blocks of each window before a tick, and the share of the last block. */
export function floorsAt(
  series: MinuteSeries,
  tick: number,
  limitPerMinute: number,
): { readonly floors: PerWindow; readonly currentShare: number } {
  const end = minuteAt(series, tick);
  const share = (block: number) => {
    const from = end - (block + 1) * SLOT_MINUTES;
    let sum = 0;
    for (let i = from; i < from + SLOT_MINUTES; i += 1) sum += series.requests[i] ?? 0;
    return sum / (limitPerMinute * SLOT_MINUTES);
  };
  const floors = perWindow((w) => {
    let least = Infinity;
    for (let block = 0; block < WINDOW_MINUTES[w]! / SLOT_MINUTES; block += 1) least = Math.min(least, share(block));
    return least;
  });
  return { floors, currentShare: share(0) };
}
