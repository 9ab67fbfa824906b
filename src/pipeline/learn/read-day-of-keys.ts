import { groupsOf } from "../../model/key/key-group.js";
import { unplacedAt } from "../../store/check/usage.js";
import { addDays, DAY_MS } from "../../time/day.js";
import { Heritage, type DayRecords } from "./heritage.js";
import type { DayOfKey } from "./open-day.js";
import type { OpenLearning } from "./open-learning.js";
import type { TrafficOfKeys } from "./read-traffic.js";
import { type Subject, groupBySubject, indexBySubject, subjectKey } from "../../model/subject.js";

/** A key's closed day, and the groups that it is of. */
export interface DayOfSubject {
  readonly subject: Subject;
  readonly groups: readonly string[];
  /** Whether a key that succeeds it was used: groups count a lineage once. */
  readonly isSuperseded: boolean;
  readonly of: DayOfKey;
}

/** What some keys did on a day; those that others succeed come before these. */
export interface DayOfKeys {
  readonly days: readonly DayOfSubject[];
  readonly records: Omit<DayRecords, "lags" | "sums">;
  readonly traffic: TrafficOfKeys;
}

/**
 * Reads what some keys, with all that they succeed, did on the day and the one before it, and what was known of them.
 * @param traffic their traffic
 */
export async function readDayOfKeys(
  open: OpenLearning,
  ids: readonly string[],
  traffic: TrafficOfKeys,
): Promise<DayOfKeys> {
  const { store, day, start, computedAt, keys, lineages, shares } = open;
  const before = await store.learn.readBaselines(addDays(day, -1), computedAt, ids);
  const { usage, novel, refused, births, unplaced } = traffic;
  const isUnplaced = unplacedAt(unplaced, start + DAY_MS);
  const usageOf = indexBySubject(usage);
  const novelOf = groupBySubject(novel);
  const refusedOf = groupBySubject(refused);
  const records = { births, before: indexBySubject(before), usage: usageOf, novel: novelOf };
  const heritage = new Heritage(lineages, { ...records, lags: new Map(), sums: new Map() });
  const generation = ({ keyId }: Subject) => lineages.get(keyId)?.length ?? 0;
  const days = births
    .toSorted((a, b) => generation(a) - generation(b))
    .map(({ bornAt: _, ...subject }) => {
      const name = subjectKey(subject);
      const key = keys.get(subject.keyId);
      return {
        subject,
        groups: groupsOf(key, subject.observedBy),
        isSuperseded: heritage.isSuperseded(name),
        of: {
          day,
          bornAt: heritage.bornAt(name),
          before: heritage.before(name),
          elders: heritage.elders(name),
          heirs: heritage.heirs(name),
          usage: usageOf.get(name) ?? null,
          novel: novelOf.get(name) ?? [],
          refused: refusedOf.get(name) ?? [],
          limitPerMinute: key?.limitPerMinute ?? null,
          isPlaced: !isUnplaced.has(name),
          shares,
        },
      };
    });
  return { days, records, traffic };
}
