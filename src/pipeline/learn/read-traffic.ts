import { groupBy } from "../../model/group-by.js";
import { SLOT_MS } from "../../model/finding/window.js";
import type { Subject } from "../../model/subject.js";
import type { ForeignRefusals } from "../../store/check/foreign-refusals.js";
import type { NovelSeries } from "../../store/check/novel-series.js";
import type { UnplacedUse } from "../../store/check/usage.js";
import type { UsageSlots } from "../../store/check/usage-slots.js";
import { addDays, DAY_MS } from "../../time/day.js";
import { heldKeys } from "./frozen-keys.js";
import type { OpenLearning } from "./open-learning.js";

/** What is on file of the traffic of some keys on a day and the one before it. */
export interface TrafficOfKeys {
  readonly usage: readonly UsageSlots[];
  readonly novel: readonly NovelSeries[];
  readonly refused: readonly ForeignRefusals[];
  readonly births: readonly (Subject & { readonly bornAt: number })[];
  readonly unplaced: readonly UnplacedUse[];
}

/** Some of the keys, by their ids. */
export type Part = readonly string[];

/**
 * Reads the traffic of several parts of the keys at once, and gives it part by part. Rows lie by quarter of an hour and key: each reading goes to every quarter, and
 * takes more rows than it needs at both ends of its keys.
 */
export async function readTraffic(
  open: OpenLearning,
  parts: readonly Part[],
): Promise<ReadonlyMap<Part, TrafficOfKeys>> {
  const { store, day, start, observed, computedAt, lineages } = open;
  const keys = parts.flat();
  const registry = { at: start + DAY_MS, visible: computedAt };
  const held = heldKeys(await store.learn.readHeldDays(addDays(day, -1), computedAt, keys), lineages);
  const twoDays = { from: start - DAY_MS, until: start + DAY_MS, stepMs: SLOT_MS };
  const [usage, novel, refused, births, unplaced] = await Promise.all([
    observed ? store.check.readUsageSlots(start, null, keys) : [],
    observed ? store.check.readNovelSlots({ dayStart: start, held, registry, lineages, keys }, null) : [],
    observed ? store.check.readForeignRefusals(twoDays, { keys, lineages }, null) : [],
    store.check.readBirths(start + DAY_MS, null, keys),
    store.check.readUnplacedUses(start + DAY_MS, keys, null),
  ]);
  // A part goes by its first key.
  const nameOf = new Map(parts.flatMap((part) => part.map((keyId) => [keyId, part[0]!] as const)));
  const byPart = <Row extends Subject>(rows: readonly Row[]) => {
    const found = groupBy(rows, ({ keyId }) => nameOf.get(keyId)!);
    return (part: Part) => found.get(part[0]!) ?? [];
  };
  const of = {
    usage: byPart(usage),
    novel: byPart(novel),
    refused: byPart(refused),
    births: byPart(births),
    unplaced: byPart(unplaced),
  };
  return new Map(
    parts.map((part) => [
      part,
      {
        usage: of.usage(part),
        novel: of.novel(part),
        refused: of.refused(part),
        births: of.births(part),
        unplaced: of.unplaced(part),
      },
    ]),
  );
}
