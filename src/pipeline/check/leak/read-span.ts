import type { RefusedRoute } from "../../../baseline/slide-refusals.js";
import { laterShares } from "../../../baseline/observed-slots.js";
import type { AlarmBudget } from "../../../detect/alarm-budget.js";
import type { Thresholds } from "../../../detect/threshold.js";
import type { KeyVersion } from "../../../model/key/key.js";
import { lineagesOf } from "../../../model/key/lineage.js";
import type { LearnedDay } from "../../../store/learn/learned-days.js";
import type { Store } from "../../../store/store.js";
import type { NoveltyContext } from "../../../store/check/novelty-fact.js";
import { DAY_MS, dayOf, dayStart, HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import type { TickSpan } from "../../../time/ticks.js";
import { readObservedAsOf, readObservedLog, type ObservedLog } from "../facts/observed-log.js";
import { mostKeysInUse } from "../facts/keys-in-use.js";
import type { CheckCache } from "../facts/check-cache.js";
import type { NovelPiece } from "../facts/novel-piece.js";
import type { KnownNovelty } from "../facts/novelty-memory.js";
import { readHourForecasts } from "../facts/read-forecasts.js";
import { readNovelty } from "../facts/read-novelty.js";
import { readRefusals } from "../facts/read-refusals.js";
import { readUnplaced } from "../facts/read-unplaced.js";
import { readNovelPieces } from "../facts/read-novel-pieces.js";
import { ExpectedOfKeys } from "../facts/expected-of-keys.js";
import { keyColumns, type KeyColumns } from "../facts/key-columns.js";
import { membersOfSpan, type Member } from "../facts/members-of-span.js";
import { joinStretch, type JoinStretch } from "../facts/novel-stretch.js";
import { readThresholds } from "./read-thresholds.js";
import { readUsageTable, type UsageTable } from "./usage-table.js";
import { readWatchedKeys, type WatchedKeys } from "../../learn/watched-keys.js";
import { groupBySubject } from "../../../model/subject.js";

/** Everything that a span is judged on but the histories of the few keys that could matter. */
export interface SpanFigures {
  readonly learned: LearnedDay | null;
  /** Those that keep the stated budget in the fleet as it was when the learned day closed. */
  readonly limits: Thresholds;
  /** Epoch ms at which the two days begin that the snapshots speak of, the judged one being the second. */
  readonly spokenFrom: number;
  readonly watched: WatchedKeys;
  readonly usage: UsageTable;
  readonly expected: ExpectedOfKeys;
  /** In the order of the subjects of `usage`. */
  readonly members: readonly Member[];
  readonly columns: KeyColumns;
  readonly novel: readonly NovelPiece[];
  /** Joins pieces, and remembers what it joined. */
  readonly join: JoinStretch;
  readonly novelty: NoveltyContext;
  readonly known: KnownNovelty;
  readonly keys: ReadonlyMap<string, KeyVersion>;
  /** What stands for them. */
  readonly registry: string;
  readonly observed: ObservedLog;
  /** What keys were refused in the minutes from 24 h before the hour on, on routes that had never served them, by subject. */
  readonly refused: ReadonlyMap<string, readonly RefusedRoute[]>;
  /** Names of the subjects that were used before the hour without a single address. */
  readonly unplaced: ReadonlySet<string>;
  /** Share of each slot that is known, from `spokenFrom` on; null when all of it is. */
  readonly shares: Float64Array | null;
}

interface Deps {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly budget: AlarmBudget;
  readonly unregisteredKeys: number;
}

/** Reads a span's figures as of an instant, from roll-ups or, with `rawAsOf`, from the raw rows of then. */
export async function readSpan(deps: Deps, span: TickSpan, asOf: number, rawAsOf: number | null): Promise<SpanFigures> {
  const { store, memory } = deps;
  const last = span.ticks.at(-1) ?? span.hour;
  const day = dayOf((span.ticks[0] ?? span.hour + 1) - 1);
  // Where the day before is not learned yet, what older snapshots say of their next day goes for this one.
  const spokenFrom = dayStart(day) - DAY_MS;
  const registryOf = async (stamp: string) =>
    memory.registry.recall(stamp, { stamp, keep: true }, async () => store.registry.readKeys(last, asOf));
  const stamp = store.registry.readRegistryStamp(last, asOf);
  const observing = rawAsOf === null ? readObservedLog(deps, span) : readObservedAsOf(store, span, rawAsOf);
  const choice = { hour: span.hour, until: last, asOf, rawAsOf, cap: deps.unregisteredKeys };
  const mostInUse = async () => (rawAsOf === null ? mostKeysInUse(deps, choice, observing) : null);
  const [learned, registry, watched, observed] = await Promise.all([
    store.learn.readNewestLearnedDay(day, asOf),
    stamp,
    readWatchedKeys(store, { ...choice, mostInUse, registry: async () => registryOf(await stamp) }),
    observing,
  ]);
  const shares = learned === null ? null : laterShares(observed.minutes, spokenFrom, span.hour - DAY_MS, last);
  const keys = await registryOf(registry);
  const lineages = memory.lineages.recall([keys], () => lineagesOf(keys));
  const [limits, usage, unplaced, refused, { expected, novelty, novel, known }] = await Promise.all([
    readThresholds(deps, learned),
    readUsageTable(deps, span, { observed, watched }, rawAsOf),
    readUnplaced(deps, span, { observed, watched }, rawAsOf),
    readRefusals(deps, span, { observed, lineages, registry }, rawAsOf),
    readHourForecasts(deps, span.hour, spokenFrom, learned, shares).then(async (own) => {
      const found = memory.expected.recall([own, lineages], () => new ExpectedOfKeys(own, lineages));
      const context = {
        held: found.held(),
        registry: { at: last, visible: asOf },
        lineages,
        stamp: `${learned?.day}/${learned?.learnedAt} ${registry} ${watched.stamp}`,
        keys: watched.keys,
      };
      const about = { store, hour: span.hour, until: last, observed };
      const sights = await readNovelty(memory, { ...about, context }, rawAsOf);
      return {
        expected: found,
        novelty: context,
        novel: await readNovelPieces({ ...about, memory, novelty: sights, asOf: rawAsOf }),
        known: sights,
      };
    }),
  ]);
  const join: JoinStretch = (pieces, from, window) =>
    memory.stretches[window]!.recall(pieces, () => joinStretch(pieces, from, window));
  const { subjects } = usage;
  const members = memory.members.recall([subjects, expected, keys, lineages], () =>
    membersOfSpan({ subjects, expected, keys, lineages }),
  );
  const figures = {
    learned,
    limits,
    spokenFrom,
    watched,
    usage,
    expected,
    members,
    columns: memory.columns.recall([subjects, members, expected], () => keyColumns(subjects, members, expected)),
    novel,
    join,
    novelty,
    known,
    keys,
    registry,
  };
  return { ...figures, observed, unplaced, refused: groupBySubject(refused), shares };
}

/** From this minute of an hour on what is expected of the next one is read, so that its first check finds it in memory. */
const PREPARE_FROM_MS = 45 * MINUTE_MS;

/** Reads what snapshots say of the hour after a tick (epoch ms) when it is near, once: the first check of an hour would take several times as long. */
export async function prepareNextHour({ store, memory }: Pick<Deps, "store" | "memory">, tick: number): Promise<void> {
  const hour = Math.ceil(tick / HOUR_MS) * HOUR_MS;
  if (tick < hour - HOUR_MS + PREPARE_FROM_MS || memory.preparedHour === hour) return;
  const spokenFrom = dayStart(dayOf(hour)) - DAY_MS;
  const [learned, observed] = await Promise.all([
    store.learn.readNewestLearnedDay(dayOf(hour), await store.readClock()),
    readObservedLog({ store, memory }, { hour, ticks: [tick] }),
  ]);
  const shares = learned === null ? null : laterShares(observed.minutes, spokenFrom, hour - DAY_MS, tick);
  await readHourForecasts({ store, memory }, hour, spokenFrom, learned, shares);
  memory.preparedHour = hour;
}
