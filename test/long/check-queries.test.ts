import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { prefixSums, slideNovelTraffic, windowSums } from "../../src/baseline/slide-windows.js";
import { Random } from "../../src/local/simulator/random.js";
import { NOVELTY_LEVELS } from "../../src/model/finding/novelty.js";
import { SLOT_MS, SLOTS_PER_DAY } from "../../src/model/finding/window.js";
import { Secret } from "../../src/secret.js";
import { insertPieces } from "../../src/store/ingest/insert-requests.js";
import { migrate } from "../../src/store/clickhouse/migrate.js";
import { blocksOf } from "../../src/store/ingest/request-block.js";
import { openStore, type Store } from "../../src/store/store.js";
import type { UsageSlots } from "../../src/store/check/usage-slots.js";
import { keyVersion } from "../helpers/key-version.js";
import { ALLOWED, drawTraffic, HELD } from "../helpers/random-traffic.js";
import { scratchDatabase, type ScratchDatabase } from "../helpers/services.js";
import { refusalsBefore } from "../helpers/refusals-oracle.js";
import { novelBefore, servedOf, usageBefore } from "../helpers/traffic-oracle.js";
import {
  novelWindows,
  refusalWindows,
  usageWindows,
  type NovelWindows,
  type UsageWindows,
} from "../helpers/window-rows.js";

const SEED = Number(process.env["TEST_SEED"] ?? 20_260_308);
const DAY = Date.parse("2026-03-08T00:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The hours before and after midnight, and one in which addresses stop being novel; each is compared at a third of its ticks, its last among them. */
const HOURS = [DAY - HOUR, DAY + 13 * HOUR];

const events = drawTraffic(SEED, DAY);
let [database, store] = [] as unknown as [ScratchDatabase, Store];

before(async () => {
  database = await scratchDatabase();
  const url = new Secret(database.url);
  await migrate(url);
  store = openStore(url);
  await store.registry.insertKeys(
    Object.entries(ALLOWED).map(([keyId, allowedCidrs]) => keyVersion({ keyId, allowedCidrs })),
    "allowed",
  );
  // Several inserts in no order: roll-ups and first sights come from many parts.
  const shuffled = new Random(SEED, "order").sample(events, Infinity);
  for (let i = 0; i < shuffled.length; i += 1000) {
    for (const [n, block] of blocksOf([{ source: "test", events: shuffled.slice(i, i + 1000) }]).entries()) {
      await insertPieces(store.client, [block.data], `${i}:${n}`);
    }
  }
});

after(async () => {
  await store.close();
  await database.drop();
});

const context = () => ({ held: HELD, registry: { at: DAY, visible: Date.now() + HOUR }, lineages: new Map() });
const readNovel = async (hour: number, ticks: readonly number[], asOf: number | null = null) =>
  novelWindows(store, { ...context(), hour, ticks }, asOf);
const readNovelSlots = async (asOf: number | null = null) =>
  store.check.readNovelSlots({ ...context(), dayStart: DAY }, asOf);

const ticksOf = (hour: number, every = 1) =>
  Array.from({ length: 60 / every }, (_, i) => hour + (i + 1) * every * MINUTE);

/** Rows in an order of their own: what a query's order is, is not on trial. */
function sorted<Row extends UsageWindows & { readonly level?: string }>(rows: readonly Row[]): Row[] {
  const nameOf = (row: Row) => `${row.tick} ${row.keyId} ${row.observedBy} ${row.level}`;
  return rows.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

test(`usage and novel traffic before every tick of an hour are what adding up the events gives (seed ${SEED})`, async () => {
  const seen = new Set<string>();
  for (const hour of HOURS) {
    const ticks = ticksOf(hour, 3);
    const [usage, novel] = await Promise.all([usageWindows(store, hour, ticks), readNovel(hour, ticks)]);
    assert.deepEqual(sorted(usage), sorted(ticks.flatMap((tick) => usageBefore(events, tick))));
    assert.deepEqual(sorted(novel), sorted(ticks.flatMap((tick) => novelBefore(events, tick))));
    for (const { level } of novel) seen.add(level);
  }
  // The random events did reach every level.
  assert.deepEqual([...seen].toSorted(), [...NOVELTY_LEVELS, "unplaced"].toSorted());
});

test(`a tick alone is judged on the same figures as in a span of sixty (seed ${SEED})`, async () => {
  const random = new Random(SEED, "ticks");
  for (const hour of HOURS) {
    const span = {
      usage: await usageWindows(store, hour, ticksOf(hour)),
      novel: await readNovel(hour, ticksOf(hour)),
    };
    for (const tick of [hour + MINUTE, hour + HOUR, ...random.sample(ticksOf(hour), 2)]) {
      const at = (rows: readonly UsageWindows[]) => rows.filter((row) => row.tick === tick);
      assert.deepEqual(await usageWindows(store, hour, [tick]), at(span.usage));
      assert.deepEqual(sorted(await readNovel(hour, [tick])), sorted(at(span.novel) as NovelWindows[]));
    }
  }
});

test(`refusals on routes that never served a key are what adding up the events gives: by minutes as checks read them, by slots as learning does, and from raw rows (seed ${SEED})`, async () => {
  const asOf = await store.readClock();
  for (const hour of HOURS) {
    const ticks = ticksOf(hour, 5);
    const span = { from: hour - 24 * HOUR, until: hour + HOUR };
    const wanted = sorted(ticks.flatMap((tick) => refusalsBefore(events, tick)) as UsageWindows[]);
    assert.ok(wanted.length > 0);
    for (const stepMs of [MINUTE, SLOT_MS]) {
      assert.deepEqual(sorted((await refusalWindows(store, { ...span, stepMs }, ticks)) as UsageWindows[]), wanted);
    }
    const raw = await refusalWindows(store, { ...span, stepMs: MINUTE }, ticks, asOf);
    assert.deepEqual(sorted(raw as UsageWindows[]), wanted);
  }
});

test("raw rows as of now give what the roll-ups give, where nothing came late", async () => {
  const asOf = await store.readClock();
  for (const hour of HOURS) {
    const ticks = ticksOf(hour, 15);
    assert.deepEqual(await usageWindows(store, hour, ticks, asOf), await usageWindows(store, hour, ticks));
    assert.deepEqual(sorted(await readNovel(hour, ticks, asOf)), sorted(await readNovel(hour, ticks)));
  }
  assert.deepEqual(await store.check.readUsageSlots(DAY, asOf), await store.check.readUsageSlots(DAY, null));
  assert.deepEqual(await readNovelSlots(asOf), await readNovelSlots());
  assert.deepEqual(await store.check.readBirths(DAY, asOf), await store.check.readBirths(DAY, null));
});

test("at every mark of five minutes of a third of the hours of a day the learner's windows are those of the live check", async () => {
  const [usageSlots, novelSlots] = await Promise.all([store.check.readUsageSlots(DAY, null), readNovelSlots()]);
  const learned = { usage: [] as UsageWindows[], novel: [] as NovelWindows[] };
  for (const series of usageSlots) {
    const { keyId, observedBy } = series;
    const sums = {
      requests: prefixSums(dense(series, series.requests)),
      spend: prefixSums(dense(series, series.spendMicros)),
    };
    const novelAt = slideNovelTraffic(
      novelSlots.filter((row) => row.keyId === keyId && row.observedBy === observedBy),
      DAY,
      (7 + (HELD.days[HELD.keys.indexOf(keyId)] ?? 0)) * 24 * HOUR,
    );
    for (let end = SLOTS_PER_DAY + 1; end <= 2 * SLOTS_PER_DAY; end += 1) {
      const subject = { tick: DAY + (end - SLOTS_PER_DAY) * SLOT_MS, keyId, observedBy };
      const usage = { ...subject, requests: windowSums(sums.requests, end), spendMicros: windowSums(sums.spend, end) };
      if (usage.requests[3] > 0) learned.usage.push(usage);
      const { requests, spendMicros, slots, unplacedRequests } = novelAt(end);
      for (const [g, level] of NOVELTY_LEVELS.entries()) {
        const row = { ...subject, level, requests: requests[g]!, spendMicros: spendMicros[g]!, slots: slots[g]! };
        if (row.requests[3] > 0) learned.novel.push(row);
      }
      if (unplacedRequests[3] > 0)
        learned.novel.push({
          ...subject,
          level: "unplaced",
          requests: unplacedRequests,
          spendMicros: [0, 0, 0, 0],
          slots: [0, 0, 0, 0],
        });
    }
  }
  const hours = Array.from({ length: 8 }, (_, i) => DAY + 3 * i * HOUR);
  const isCompared = ({ tick }: UsageWindows) => hours.some((hour) => tick > hour && tick <= hour + HOUR);
  const usage = await Promise.all(hours.map((hour) => usageWindows(store, hour, ticksOf(hour, 5))));
  const novel = await Promise.all(hours.map((hour) => readNovel(hour, ticksOf(hour, 5))));
  assert.deepEqual(sorted(learned.usage.filter(isCompared)), sorted(usage.flat()));
  assert.deepEqual(sorted(learned.novel.filter(isCompared)), sorted(novel.flat()));
});

test("births and the days before them are those of the events", async () => {
  const births = await store.check.readBirths(DAY + 24 * HOUR, null);
  const judged = events.filter(({ observedBy }) => observedBy !== "provider");
  for (const { keyId, observedBy, bornAt } of births) {
    const own = judged.filter(
      (event) => event.keyId === keyId && event.observedBy === observedBy && event.isHistory && servedOf(event) > 0,
    );
    assert.equal(bornAt, Math.floor(Math.min(...own.map(({ ts }) => ts)) / MINUTE) * MINUTE);
  }
  assert.equal(births.length, new Set(judged.map(({ keyId, observedBy }) => `${keyId} ${observedBy}`)).size);
  assert.ok((await store.check.readBirths(DAY, null)).every(({ bornAt }) => bornAt < DAY));
});

function dense(series: UsageSlots, values: ArrayLike<number>): number[] {
  const slots = Array.from({ length: 2 * SLOTS_PER_DAY }, () => 0);
  for (const [i, at] of Array.from(series.at).entries()) slots[at] = values[i]!;
  return slots;
}
