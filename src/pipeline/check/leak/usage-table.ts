import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import type { Store } from "../../../store/store.js";
import { EDGE_MARKS, type UsageAtMarks } from "../../../store/check/window-usage.js";
import { DAY_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import type { HeardLog } from "../facts/observed-log.js";
import type { CheckMemory } from "../facts/check-cache.js";
import type { WatchedKeys } from "../../learn/watched-keys.js";
import { type Subject, subjectKey } from "../../../model/subject.js";

/** First marks of the hours that begin 24, 6 and 1 hours before, and how many minutes before the judged hour these begin. */
const EDGES = [
  [0, 1440],
  [61, 360],
  [122, 60],
] as const;

/** Usage of every watched key before every tick of a span, by its position in `subjects`. */
export interface UsageTable {
  /** Watched keys with a request in the 25 hours up to the end of the span, by key id. */
  readonly subjects: readonly (Subject & { readonly name: string })[];
  /** Writes the requests and the spend of a key in the windows before a tick into two arrays of four; false: none in 24 hours. */
  read(subject: number, tick: number, requests: number[], spendMicros: number[]): boolean;
}

/**
 * Reads usage in all windows before the ticks of a span: what lies before the hour is read once for all its ticks and kept in
 * memory while no row of it is added, then the hour itself.
 */
export async function readUsageTable(
  { store, memory }: { readonly store: Store; readonly memory: CheckMemory },
  { hour, ticks }: TickSpan,
  { heard, watched }: { readonly heard: HeardLog; readonly watched: WatchedKeys },
  asOf: number | null,
): Promise<UsageTable> {
  const marks = marksWithin(hour, ticks);
  const { keys } = watched;
  const { text, settled: keep } = heard.stamp(hour - DAY_MS, hour);
  const stamp = `${text} ${watched.stamp}`;
  const [edges, current] = await Promise.all([
    memory.usageEdges.recall(String(hour), { stamp, keep: keep && asOf === null }, async () =>
      store.check.readUsageEdges(hour, keys, asOf),
    ),
    store.check.readUsageOfHour(hour, { stretches: stretchesBetween(marks), count: marks.length - 1, keys }, asOf),
  ]);
  return tableOf(hour, marks, edges, current);
}

/** Minutes of the hour at which windows of the ticks begin or end, with its start. */
function marksWithin(hour: number, ticks: readonly number[]): number[] {
  const marks = new Set([0]);
  for (const tick of ticks) {
    for (const minutes of [0, ...WINDOW_MINUTES]) {
      const mark = (tick - hour) / MINUTE_MS - minutes;
      if (mark > 0) marks.add(mark);
    }
  }
  return [...marks].toSorted((a, b) => a - b);
}

/** In which stretch between two marks each minute lies. */
function stretchesBetween(marks: readonly number[]): number[] {
  return marks.slice(1).flatMap((until, i) => Array.from({ length: until - marks[i]! }, () => i));
}

interface Row extends Subject {
  readonly name: string;
  before: UsageAtMarks | null;
  within: UsageAtMarks | null;
}

function tableOf(
  hour: number,
  marks: readonly number[],
  edges: readonly UsageAtMarks[],
  current: readonly UsageAtMarks[],
): UsageTable {
  const rows = new Map<string, Row>();
  for (const before of edges) {
    const name = subjectKey(before);
    rows.set(name, { keyId: before.keyId, observedBy: before.observedBy, name, before, within: null });
  }
  for (const within of current) {
    const name = subjectKey(within);
    const row = rows.get(name);
    if (row === undefined) {
      rows.set(name, { keyId: within.keyId, observedBy: within.observedBy, name, before: null, within });
    } else row.within = within;
  }
  const subjects = [...rows.values()].toSorted((a, b) =>
    a.keyId === b.keyId ? (a.observedBy < b.observedBy ? 1 : -1) : a.keyId < b.keyId ? -1 : 1,
  );
  const positions = new Map<number, readonly number[]>();
  const positionsOf = (tick: number) => {
    let found = positions.get(tick);
    if (found === undefined) {
      positions.set(tick, (found = [0, ...WINDOW_MINUTES].map((minutes) => position(hour, marks, tick, minutes))));
    }
    return found;
  };
  return {
    subjects,
    read: (subject, tick, requests, spendMicros) => {
      const { before, within } = subjects[subject]!;
      const [end, ...starts] = positionsOf(tick) as [number, number, number, number, number];
      for (let w = 0; w < 4; w += 1) {
        requests[w] = since(before?.requests, within?.requests, starts[w]!, end);
        spendMicros[w] = since(before?.spendMicros, within?.spendMicros, starts[w]!, end);
      }
      return requests[3]! > 0;
    },
  };
}

/** Where a window that begins so many minutes before a tick begins: a mark of the hour, or -1 - a mark of the edges before it. */
function position(hour: number, marks: readonly number[], tick: number, minutes: number): number {
  const minute = (tick - hour) / MINUTE_MS - minutes;
  if (minute >= 0) return marks.indexOf(minute);
  const [mark, before] = EDGES.find(([, from]) => minute >= -from && minute <= 60 - from)!;
  return -1 - (mark + minute + before);
}

function since(before: Float64Array | undefined, within: Float64Array | undefined, start: number, end: number): number {
  const upToEnd = within === undefined ? 0 : within[end]!;
  if (start >= 0) return within === undefined ? 0 : upToEnd - within[start]!;
  return before === undefined ? upToEnd : before[EDGE_MARKS - 1]! - before[-1 - start]! + upToEnd;
}
