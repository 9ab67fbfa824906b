import { NOVELTY_LEVELS, type NoveltyRowLevel } from "../../src/model/finding/novelty.js";
import { WINDOW_MINUTES, type PerWindow } from "../../src/model/finding/window.js";
import { readObservedLog } from "../../src/pipeline/check/facts/observed-log.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { readNovelPieces } from "../../src/pipeline/check/facts/read-novel-pieces.js";
import { novelAtTicks } from "../../src/pipeline/check/facts/novel-hour.js";
import { novelMsOf } from "../../src/pipeline/check/facts/novel-windows.js";
import { readUsageTable } from "../../src/pipeline/check/leak/usage-table.js";
import { EVERY_KEY } from "../../src/pipeline/learn/watched-keys.js";
import type { Store } from "../../src/store/store.js";
import type { NoveltyContext } from "../../src/store/check/novelty-facts.js";
import type { Subject } from "../../src/model/subject.js";

/** What a key used in the windows before a tick (epoch ms). */
export interface UsageWindows extends Subject {
  readonly tick: number;
  readonly requests: PerWindow;
  readonly spendMicros: PerWindow;
}

/** What a key used in the windows before a tick of what is new to it at a level; of what is unplaced, requests alone. */
export interface NovelWindows extends UsageWindows {
  readonly level: NoveltyRowLevel;
  readonly slots: PerWindow;
}

/** Usage of every key before each tick as checks read it, as rows; with a memory of its own unless one is given. */
export async function usageWindows(
  store: Store,
  hour: number,
  ticks: readonly number[],
  asOf: number | null = null,
  memory = new CheckCache(),
): Promise<UsageWindows[]> {
  const observed = await readObservedLog(store, { hour, ticks });
  const table = await readUsageTable({ store, memory }, { hour, ticks }, { observed, watched: EVERY_KEY }, asOf);
  return ticks.flatMap((tick) =>
    table.subjects.flatMap(({ keyId, observedBy }, i) => {
      const [requests, spendMicros] = [WINDOW_MINUTES.map(() => NaN), WINDOW_MINUTES.map(() => NaN)];
      if (!table.read(i, tick, requests, spendMicros)) return [];
      return [{ tick, keyId, observedBy, requests, spendMicros } as unknown as UsageWindows];
    }),
  );
}

/** Novel traffic of every key before each tick as checks read it, as rows. */
export async function novelWindows(
  store: Store,
  span: NoveltyContext & { readonly hour: number; readonly ticks: readonly number[] },
  asOf: number | null = null,
  memory = new CheckCache(),
): Promise<NovelWindows[]> {
  const observed = await readObservedLog(store, span);
  const { hour, ticks, ...context } = span;
  const until = ticks.at(-1)!;
  const of = { store, memory, hour, until, context: { ...context, ...EVERY_KEY }, observed, asOf };
  const pieces = await readNovelPieces(of);
  const novel = novelAtTicks(pieces, hour, ticks, novelMsOf(span.held));
  return ticks.flatMap((tick, t) => {
    return [...novel[t]!].flatMap(([name, { traffic }]) => {
      const [observedBy, keyId] = name.split(" ") as [NovelWindows["observedBy"], string];
      const rows = NOVELTY_LEVELS.map((level, g): NovelWindows => {
        const { requests, spendMicros, slots } = traffic;
        return {
          tick,
          keyId,
          observedBy,
          level,
          requests: requests[g]!,
          spendMicros: spendMicros[g]!,
          slots: slots[g]!,
        };
      });
      const none: PerWindow = [0, 0, 0, 0];
      const unplaced = {
        level: "unplaced",
        requests: traffic.unplacedRequests,
        spendMicros: none,
        slots: none,
      } as const;
      return [...rows, { tick, keyId, observedBy, ...unplaced }].filter(({ requests }) => requests[3] > 0);
    });
  });
}
