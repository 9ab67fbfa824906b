import type { Baseline } from "../../../model/finding/baseline.js";
import type { FleetDay } from "../../../model/finding/fleet-day.js";
import type { GroupBaseline } from "../../../model/finding/group-baseline.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { HourForecast } from "../../../model/finding/hour-forecast.js";
import type { LearnStore } from "../../../store/learn/learn-store.js";
import { NoveltyMemory } from "./novelty-memory.js";
import type { SourceUse } from "../../../store/check/source-usage.js";
import type { UsageMinutes } from "../../../store/check/usage.js";
import type { NovelPiece } from "./novel-piece.js";
import { NamedStampedCache, StampedCache } from "./stamped-cache.js";
import type { UsageQuarters } from "./usage-quarters.js";

/** What stays the same from one check to the next, kept in memory. A check of an hour that has passed, or of late minutes, comes in between. */
export class CheckCache {
  readonly fleetDays = new StampedCache<FleetDay | null>(2);
  readonly registry = new StampedCache<ReadonlyMap<string, KeyVersion>>(2);
  /** Of the next hour, too, once that was prepared. */
  readonly hourForecasts = new StampedCache<ReadonlyMap<string, HourForecast>>(3);
  /** Epoch ms of the last one. */
  preparedHour = 0;
  /** By the keys that are watched: a check of late minutes may watch others. */
  readonly usage = new StampedCache<UsageQuarters>(2);
  /** Names of the subjects without addresses. */
  readonly unplaced = new StampedCache<ReadonlySet<string>>(2);
  readonly novelty = new NoveltyMemory();
  /** Quarters of an hour of a day, and what a check is behind or ahead of it. */
  readonly novelPieces = new StampedCache<NovelPiece>(220);
  /** Keys that were ever served outside of their allowed networks, and what was, by quarters. */
  readonly keysOutside = new StampedCache<ReadonlySet<string>>(2);
  readonly outsideUses = new StampedCache<readonly SourceUse[]>(12);
  readonly groupBaselines = new StampedCache<readonly GroupBaseline[]>(1);
  /** By key id, as all that follow: of keys near their limit, or under suspicion. */
  readonly minutes = new NamedStampedCache<readonly UsageMinutes[]>(2000);
  readonly histories = new NamedStampedCache<Awaited<ReturnType<LearnStore["readBaselineBins"]>>>(5000);
  readonly snapshots = new NamedStampedCache<readonly Baseline[]>(500);
  /** When (epoch ms) the late minutes of an hour were last checked again. */
  readonly lateCheckedAt = new Map<number, number>();
  /** When (epoch ms) networks were first used by any key, as far as that is long ago: it only ever moves back. */
  readonly oldNetworks = new Map<string, number>();
}
