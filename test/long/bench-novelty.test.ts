import assert from "node:assert/strict";
import { test } from "node:test";
import { slideNovelTraffic } from "../../src/baseline/slide-windows.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { ALL_FOUNDS } from "../bench/detection/beginning.js";
import { NoveltyLedger } from "../bench/detection/novelty-ledger.js";
import { SlotSums } from "../bench/detection/slot-sums.js";
import type { Source } from "../bench/detection/source-of.js";
import type { DayTraffic } from "../bench/detection/day-traffic.js";
import { isAllowed } from "../helpers/allowed.js";
import { drawTraffic, type TestEvent } from "../helpers/random-traffic.js";
import { novelBefore, servedOf } from "../helpers/traffic-oracle.js";

const DAY_MS = 86_400_000;
const SLOT_MS = 300_000;
const DAY = Date.parse("2026-03-08T00:00:00Z");
const WEEK = 7 * DAY_MS;

test("the bench's ledger finds the novel traffic that the definition gives", () => {
  // What the simulator counts is served, and known when it comes.
  const isPlain = (event: TestEvent) => servedOf(event) > 0 && event.isHistory;
  for (const keyId of ["key_1", "key_2", "key_3"]) {
    // The simulator knows the network of every address.
    const events = drawTraffic(3, DAY)
      .filter(
        (event) => event.keyId === keyId && event.from !== null && event.from.type !== "unknown" && isPlain(event),
      )
      .toSorted((a, b) => a.ts - b.ts);
    const ledger = new NoveltyLedger(ALL_FOUNDS);
    const rows = daysOf(events).map((day) => ledger.add(day, DAY - WEEK - DAY_MS));
    const novelAt = slideNovelTraffic(rows.at(-1)!, DAY, WEEK);
    for (let slot = 1; slot <= 288; slot += 1) {
      const found = novelAt(288 + slot);
      const wanted = new Map(novelBefore(events, DAY + slot * SLOT_MS).map((row) => [row.level, row]));
      for (const [g, level] of NOVELTY_LEVELS.entries()) {
        const { requests, spendMicros } = wanted.get(level) ?? NOTHING;
        assert.deepEqual(
          [found.requests[g], found.spendMicros[g]],
          [requests, spendMicros],
          `${keyId} ${level} ${slot}`,
        );
      }
      assert.deepEqual(found.unplacedRequests, (wanted.get("unplaced") ?? NOTHING).requests);
    }
  }
});

const NOTHING = { requests: [0, 0, 0, 0], spendMicros: [0, 0, 0, 0] };

function daysOf(events: readonly TestEvent[]): DayTraffic[] {
  const bornAt = Math.floor(events[0]!.ts / 60_000) * 60_000;
  const first = Math.floor(bornAt / DAY_MS);
  const sources = new Map<string, Source>();
  return Array.from({ length: DAY / DAY_MS - first + 1 }, (_, index) => {
    const own = events.filter(({ ts }) => Math.floor(ts / DAY_MS) === first + index);
    const [ofSources, ofRoutes, ofClients] = [new SlotSums<Source>(), new SlotSums<string>(), new SlotSums<string>()];
    const requests = new Float64Array(288);
    const spend = new Float64Array(288);
    for (const { ts, keyId, from, route, userAgent, count, spendMicros } of own) {
      const { ip, asn, type, net24, net16 } = from!;
      const source = sources.get(ip) ?? { ip, asn, net24, net16, type, isAllowed: isAllowed(keyId, ip) };
      sources.set(ip, source as Source);
      const slot = Math.floor((ts % DAY_MS) / SLOT_MS);
      const at = Math.floor(ts / 60_000) * 60_000;
      ofSources.add(slot, at, source as Source, count, spendMicros);
      ofRoutes.add(slot, at, route, count, spendMicros);
      ofClients.add(slot, at, userAgent.split("/")[0]!.toLowerCase(), count, spendMicros);
      requests[slot]! += count;
      spend[slot]! += spendMicros;
    }
    const rows = { sources: ofSources.rows, routes: ofRoutes.rows, clients: ofClients.rows, refused: [] };
    return { index, bornAt, requests, spendMicros: spend, ...rows };
  });
}
