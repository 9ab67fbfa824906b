import type { Baseline } from "../../../model/finding/baseline.js";
import type { FleetDay } from "../../../model/finding/fleet-day.js";
import type { GroupBaseline } from "../../../model/finding/group-baseline.js";
import type { KeyVersion } from "../../../model/key/key.js";
import type { Lineages } from "../../../model/key/lineage.js";
import type { DayForecast } from "../../../model/finding/hour-forecast.js";
import type { LearnStore } from "../../../store/learn/learn-store.js";
import type { NoveltyFacts } from "../../../store/check/novelty-fact.js";
import type { ExpectedOfKeys, OwnForecasts } from "./expected-of-keys.js";
import type { KeyColumns } from "./key-columns.js";
import { NoveltyMemory } from "./novelty-memory.js";
import type { ReadMinutes } from "./read-minutes.js";
import { RunningNovelty } from "./running-novelty.js";
import type { NetworkBirth } from "../../../store/check/shared-networks.js";
import type { SourceUse } from "../../../store/check/source-usage.js";
import type { UnplacedUse, UsageMinutes } from "../../../store/check/usage.js";
import { WINDOW_MINUTES } from "../../../model/finding/window.js";
import type { NovelIndexes } from "./novel-index.js";
import type { NovelPiece } from "./novel-piece.js";
import type { NovelStretch } from "./novel-stretch.js";
import { NamedStampedCache, SameCache, StampedCache } from "./stamped-cache.js";
import type { ForeignRefusals } from "../../../store/check/foreign-refusals.js";
import type { ObservedCount } from "../../../store/check/checks.js";
import type { CallerHistory } from "../../learn/read-caller-history.js";
import type { QuarterUsage } from "./quarter-usage.js";
import type { Reach } from "./reach.js";
import type { Member } from "./members-of-span.js";
import type { NamedSubject, UsageQuarters } from "./usage-quarters.js";
import { VouchedFor } from "./vouched-for.js";

/** What stays the same from one check to the next, kept in memory. A check of an hour that has passed, or of late minutes, comes in between. */
export class CheckCache {
  /** Of checks while shards are away, by those: what they read has no rows of these. */
  readonly inPart = new StampedCache<CheckCache>(1);
  /** What is judged hour by hour now; null where the next span is not known, as in a live check. */
  reach: Reach | null = null;
  readonly fleetDays = new StampedCache<FleetDay | null>(2);
  readonly registry = new StampedCache<ReadonlyMap<string, KeyVersion>>(2);
  readonly lineages = new SameCache<readonly [ReadonlyMap<string, KeyVersion>], Lineages>();
  /** With what keys inherit. */
  readonly expected = new SameCache<readonly [OwnForecasts, Lineages], ExpectedOfKeys>();
  readonly members = new SameCache<
    readonly [readonly NamedSubject[], ExpectedOfKeys, ReadonlyMap<string, KeyVersion>, Lineages],
    readonly Member[]
  >();
  readonly columns = new SameCache<readonly [readonly NamedSubject[], readonly Member[], ExpectedOfKeys], KeyColumns>();
  /** Of the next hour, too, once that was prepared. */
  readonly hourForecasts = new StampedCache<OwnForecasts>(3);
  /** Epoch ms of the last one. */
  preparedHour = 0;
  /** By the keys that are watched: a check of late minutes may watch others. */
  readonly usage = new StampedCache<UsageQuarters>(2);
  /** Worked out of a day's sums: which subjects were served, and the sums between the ends of windows. */
  readonly usedBefore = new SameCache<readonly QuarterUsage[], Uint8Array>();
  readonly joinedSums = new SameCache<readonly QuarterUsage[], readonly QuarterUsage[]>();
  /** Whole snapshots of a day, as far as they speak of hours: of a reach. */
  readonly dayForecasts = new StampedCache<readonly DayForecast[]>(1);
  /** Minutes that were heard, of a reach in which nothing is written. */
  readonly observed = new StampedCache<ObservedCount>(1);
  /** How many keys were used in the day before an hour. */
  readonly keysInUse = new StampedCache<number>(2);
  readonly unplaced = new StampedCache<readonly UnplacedUse[]>(2);
  readonly refusals = new StampedCache<readonly ForeignRefusals[]>(1);
  /** Keys whose provider reported anything. */
  readonly reported = new StampedCache<readonly string[]>(2);
  /** Whether callers reported anything, and what until a day began. */
  readonly called = new StampedCache<boolean>(2);
  readonly callers = new StampedCache<CallerHistory>(2);
  readonly novelty = new NoveltyMemory();
  readonly runningNovelty = new RunningNovelty();
  /** Quarters of an hour of a day, and what a check is behind or ahead of it. */
  readonly novelPieces = new StampedCache<NovelPiece>(220);
  /** Of the quarter of an hour that is judged, by their windows. */
  readonly stretches = WINDOW_MINUTES.map(() => new SameCache<readonly NovelPiece[], NovelStretch>());
  /** Keys that were ever served outside of their allowed networks, and what was, by quarters. */
  readonly keysOutside = new StampedCache<ReadonlySet<string>>(2);
  readonly keysOutsideSince = new SameCache<readonly [NoveltyFacts], ReadonlySet<string>>();
  readonly outsideUses = new StampedCache<readonly SourceUse[]>(120);
  /** Of the quarter that goes on, with what was read of it. */
  readonly runningOutside = new StampedCache<{ readonly uses: readonly SourceUse[]; readonly read: ReadMinutes }>(2);
  /** Runs of earlier quarters, by their subjects and networks. */
  readonly novelIndexes: NovelIndexes = new SameCache();
  readonly vouchedFor = new VouchedFor();
  readonly groupBaselines = new StampedCache<readonly GroupBaseline[]>(1);
  /** By key id, as all that follow: of keys near their limit, or under suspicion. */
  readonly minutes = new NamedStampedCache<readonly UsageMinutes[]>(2000);
  readonly histories = new NamedStampedCache<Awaited<ReturnType<LearnStore["readBaselineBins"]>>>(5000);
  readonly snapshots = new NamedStampedCache<readonly Baseline[]>(500);
  /** Since when (epoch ms) some history waited whenever it was asked; null while none does. */
  historyWaitsSince: number | null = null;
  /** When (epoch ms) the late minutes of an hour were last checked again. */
  readonly lateCheckedAt = new Map<number, number>();
  /** By network. */
  readonly networkBirths = new NamedStampedCache<NetworkBirth>(2000);
  /** When (epoch ms) networks were first used by any key, as far as that is long ago: it only ever moves back. */
  readonly oldNetworks = new Map<string, number>();

  /** Up to when (epoch ms) what the span of an hour needs is read: to its last tick, or to the end of the reach that it is in. */
  readUntil(hour: number, last: number): number {
    return this.isWithinReach(hour) ? Math.max(last, this.reach!.until) : last;
  }

  /** From when on: the hour, or the first one of its reach. */
  readFrom(hour: number): number {
    return this.isWithinReach(hour) ? this.reach!.from : hour;
  }

  /** Whether the hour is one of those that are judged one after the other now. */
  isWithinReach(hour: number): boolean {
    return this.reach !== null && hour >= this.reach.from && hour < this.reach.until;
  }
}
