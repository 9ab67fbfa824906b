import type { FirstDays } from "../../model/key/founding.js";
import type { NoveltyRowLevel } from "../../model/finding/novelty.js";
import { SLOT_MS } from "../../model/finding/window.js";
import type { Subject } from "../../model/subject.js";
import { DAY_MS } from "../../time/day.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { readNovelTraffic } from "./novel-traffic.js";
import type { NoveltyContext } from "./novelty-fact.js";
import { readNoveltyFacts } from "./novelty-facts.js";

/** Novel traffic of a key at one level of novelty in one slot of five minutes of two days. */
export interface NovelSlotRow extends Subject {
  readonly level: NoveltyRowLevel;
  /** Epoch ms. */
  readonly seenAt: number;
  readonly slot: number;
  readonly requests: number;
  readonly spendMicros: number;
  readonly firstDays: FirstDays | null;
}

/** Novel traffic of some keys (none: of every key) in the 576 slots of a day (epoch ms) and the day before it. */
export async function readNovelSlots(
  client: ClickHouseClient,
  { dayStart, ...context }: NoveltyContext & { readonly dayStart: number; readonly keys?: readonly string[] },
  asOf: number | null,
): Promise<NovelSlotRow[]> {
  const until = dayStart + DAY_MS;
  const facts = await readNoveltyFacts(client, { ...context, hour: dayStart, until }, asOf);
  const traffic = await readNovelTraffic(client, facts, { from: dayStart - DAY_MS, until, stepMs: SLOT_MS }, asOf);
  return traffic.flatMap(({ keyId, observedBy, levels, seenAt, at, requests, spendMicros, firstDays }) =>
    levels.flatMap((level, g) =>
      at.map((slot, i) => ({
        keyId,
        observedBy,
        level,
        seenAt: seenAt[g]!,
        slot,
        requests: requests[i]!,
        spendMicros: spendMicros[i]!,
        firstDays,
      })),
    ),
  );
}
