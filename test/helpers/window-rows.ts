import { NOVELTY_LEVELS, type NoveltyRowLevel } from "../../src/model/finding/novelty.js";
import { slideRefusals } from "../../src/baseline/slide-refusals.js";
import { perWindow, WINDOW_MINUTES, type PerWindow } from "../../src/model/finding/window.js";
import { readObservedLog } from "../../src/pipeline/check/facts/observed-log.js";
import { CheckCache } from "../../src/pipeline/check/facts/check-cache.js";
import { readOutsideUses } from "../../src/pipeline/check/facts/outside-uses.js";
import { readNovelty } from "../../src/pipeline/check/facts/read-novelty.js";
import { readNovelPieces } from "../../src/pipeline/check/facts/read-novel-pieces.js";
import { novelAtTicks } from "../../src/pipeline/check/facts/novel-hour.js";
import { groupRuns, novelAtTick, novelMsOf } from "../../src/pipeline/check/facts/novel-windows.js";
import { readUsageTable } from "../../src/pipeline/check/leak/usage-table.js";
import { EVERY_KEY } from "../../src/pipeline/learn/watched-keys.js";
import type { Store } from "../../src/store/store.js";
import type { NoveltyContext } from "../../src/store/check/novelty-fact.js";
import type { AllowedNetworks, SourceUse } from "../../src/store/check/source-usage.js";
import { groupBySubject, type Subject } from "../../src/model/subject.js";

/** Ticks of an hour, and what decides on novelty besides traffic. */
type NoveltySpan = NoveltyContext & { readonly hour: number; readonly ticks: readonly number[] };

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
  const observed = await readObservedLog({ store, memory }, { hour, ticks });
  const table = await readUsageTable({ store, memory }, { hour, ticks }, { observed, watched: EVERY_KEY }, asOf);
  return ticks.flatMap((tick) =>
    table.subjects.flatMap(({ keyId, observedBy }, i) => {
      const [requests, spendMicros] = [WINDOW_MINUTES.map(() => NaN), WINDOW_MINUTES.map(() => NaN)];
      if (!table.at(tick).read(i, requests, spendMicros)) return [];
      return [{ tick, keyId, observedBy, requests, spendMicros } as unknown as UsageWindows];
    }),
  );
}

/** What every key was refused before each tick on routes that had never served it, as checks (in minutes) or learning (in slots) read it, as rows. */
export async function refusalWindows(
  store: Store,
  { from, until, stepMs }: { readonly from: number; readonly until: number; readonly stepMs: number },
  ticks: readonly number[],
  asOf: number | null = null,
): Promise<object[]> {
  const rows = await store.check.readForeignRefusals({ from, until, stepMs }, { keys: [], lineages: new Map() }, asOf);
  const steps = { count: (until - from) / stepMs, inWindow: perWindow((w) => (WINDOW_MINUTES[w]! * 60_000) / stepMs) };
  return [...groupBySubject(rows).values()].flatMap((routes) => {
    const { keyId, observedBy } = routes[0]!;
    const refusalsAt = slideRefusals(routes, steps);
    return ticks.flatMap((tick) => {
      const refusals = refusalsAt((tick - from) / stepMs);
      return refusals.requests[3] === 0 ? [] : [{ tick, keyId, observedBy, ...refusals }];
    });
  });
}

/** What was served outside allowed networks in the hour before a tick as checks read it, with nothing but its minutes. */
export async function outsideUses(
  store: Store,
  { allowed, ...span }: NoveltySpan & { readonly allowed: readonly AllowedNetworks[] },
  asOf: number | null,
  memory: CheckCache,
): Promise<object[]> {
  const [to] = span.ticks as [number];
  const minutes = { from: to - 3_600_000, to };
  if (asOf !== null) return store.check.readOutsideAllowed(allowed, minutes, asOf);
  const observed = await readObservedLog({ store, memory }, span);
  const { hour, ticks: _, ...context } = span;
  const novelty = await memory.novelty.read({
    store,
    hour,
    until: to,
    context: { ...context, ...EVERY_KEY },
    observed,
  });
  const uses = await readOutsideUses({ store, memory, observed, novelty, registry: "" }, allowed, minutes);
  return uses.flatMap((use) => cutUse(use, minutes.from));
}

/** A use without its minutes before an instant. */
function cutUse({ minutes, requests, spendMicros, ...use }: SourceUse, from: number): object[] {
  const first = minutes.findIndex((minute) => minute >= from);
  if (first < 0) return [];
  return [
    {
      ...use,
      minutes: minutes.slice(first),
      requests: requests.slice(first),
      spendMicros: spendMicros.slice(first),
    },
  ];
}

/** Novel traffic of every key before each tick as checks read it, as rows. */
export async function novelWindows(
  store: Store,
  span: NoveltySpan,
  asOf: number | null = null,
  memory = new CheckCache(),
): Promise<NovelWindows[]> {
  const observed = await readObservedLog({ store, memory }, span);
  const { hour, ticks, ...context } = span;
  const until = ticks.at(-1)!;
  const scene = { ...context, ...EVERY_KEY };
  const novelty = await readNovelty(memory, { store, hour, until, context: scene, observed }, asOf);
  const pieces = await readNovelPieces({ store, memory, hour, until, observed, novelty, asOf });
  const novelMs = novelMsOf(span.held);
  const novel =
    asOf === null && ticks.length === 1
      ? [novelAtTick(pieces, ticks[0]!, novelMs)]
      : novelAtTicks(groupRuns(pieces), hour, ticks, novelMs);
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
