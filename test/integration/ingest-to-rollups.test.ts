import assert from "node:assert/strict";
import { test } from "node:test";
import { STORABLE_SPAN } from "../../src/model/event/accepted-span.js";
import { acceptEvents } from "../helpers/accept-events.js";
import { recordEvents, type RecordDeps } from "../../src/pipeline/ingest/record-events.js";
import type { IngestBufferBlock } from "../../src/store/ingest/ingest-buffer.js";
import { openRequestWriter, type RequestWriter } from "../../src/store/ingest/request-writer.js";
import { blockOf } from "../../src/store/ingest/request-block.js";
import { rules } from "../helpers/ingest-rules.js";
import { NETWORKS, randomEvents } from "../helpers/random-events.js";
import { countEverywhere, everywhere, readRollup, rollups } from "../helpers/rollup-sums.js";
import { sumOfSeries, valueOfSeries } from "../helpers/metrics.js";
import { until } from "../helpers/until.js";
import { startWholePlimsoll, type WholePlimsoll } from "../helpers/whole-plimsoll.js";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const RANDOM_EVENTS = 4000;

test("from POST /v1/events through the worker into every roll-up", async (t) => {
  const plimsoll = await startWholePlimsoll(t, { networks: NETWORKS });
  await plimsoll.startServe();
  await plimsoll.startWork();
  const asOther = { authorization: `Bearer ${plimsoll.tokens.other}` };

  await t.test("a body that was posted three times counts once in every table, with and without ids", async () => {
    for (const withId of [true, false]) {
      const body = eventsAt(Date.now() - MINUTE_MS, 10, (index) => ({
        key_id: `thrice-${withId}`,
        ...(withId ? { id: `request-${index}` } : {}),
      }));
      const answers = [await plimsoll.post(body, asOther), await plimsoll.post(body, asOther)];
      await plimsoll.untilRecorded();
      // The last one comes when the first has landed and its job is gone from the queue.
      answers.push(await plimsoll.post(body, asOther));
      await plimsoll.untilRecorded();
      assert.deepEqual(
        answers.map(({ status, body: { accepted, repeated } }) => ({ status, accepted, repeated })),
        [false, true, true].map((repeated) => ({ status: 202, accepted: 10, repeated })),
      );
      assert.equal(new Set(answers.map(({ body: { batch } }) => batch)).size, 1);
    }
    const both = { keys: "thrice-%", source: "other" };
    assert.deepEqual(await countEverywhere(plimsoll, both), everywhere(20));
  });

  await t.test("one bad line of 1,000 costs only itself and is named", async () => {
    const lines = eventsAt(Date.now() - MINUTE_MS, 1000, () => ({ key_id: "one-bad" })).split("\n");
    lines[499] = JSON.stringify({ ts: Date.now(), key_id: "one-bad", status: 42 });
    const { status, body } = await plimsoll.post(lines.join("\n"));
    assert.deepEqual([status, body["accepted"], body["rejected"]], [202, 999, 1]);
    assert.deepEqual(body["errors"], [
      { line: 500, reason: "bad_status: status: an integer from 100 to 599, or 0 where there was no answer" },
    ]);
    await plimsoll.untilRecorded();
    const [row] = await plimsoll.ask<{ n: number }>("SELECT count() AS n FROM requests WHERE key_id = 'one-bad'");
    assert.equal(row?.n, 999);
  });

  await t.test("who has no token, an unknown one or one without that right writes nothing", async () => {
    const body = eventsAt(Date.now(), 1, () => ({ key_id: "uninvited" }));
    const tokens = { none: "", unknown: "Bearer 0123456789abcdef", read: `Bearer ${plimsoll.tokens.read}` };
    const statuses = [];
    for (const authorization of Object.values(tokens))
      statuses.push((await plimsoll.post(body, { authorization })).status);
    assert.deepEqual(statuses, [401, 401, 403]);
    await plimsoll.untilRecorded();
    const [row] = await plimsoll.ask<{ n: number }>("SELECT count() AS n FROM requests WHERE key_id = 'uninvited'");
    assert.equal(row?.n, 0);
  });

  await t.test("an empty body marks its minute as heard from that source, with no event", async () => {
    const from = Math.floor(Date.now() / MINUTE_MS) * 60;
    const { status, body } = await plimsoll.post("", { authorization: `Bearer ${plimsoll.tokens.ingest}` });
    const to = Math.floor(Date.now() / MINUTE_MS) * 60;
    assert.deepEqual([status, body["accepted"]], [202, 0]);
    await plimsoll.untilRecorded();
    const rows = await plimsoll.ask<{ minute: number; events: number }>(
      `SELECT toUnixTimestamp(minute) AS minute, sum(events) AS events FROM ingest_coverage
       WHERE source = 'gateway' AND minute >= ${from} GROUP BY minute ORDER BY minute`,
    );
    assert.equal(rows.length, 1);
    assert.ok((rows[0]?.minute ?? 0) >= from && (rows[0]?.minute ?? 0) <= to);
    assert.equal(Number(rows[0]?.events), 0);
  });

  await t.test("events of 40 different days in one body all land", async () => {
    const now = Date.now();
    const body = Array.from({ length: 40 }, (_, day) =>
      JSON.stringify({ ts: now - day * DAY_MS - 1000, key_id: "forty-days", count: 3 }),
    ).join("\n");
    const { body: answer } = await plimsoll.post(body);
    assert.deepEqual([answer["accepted"], answer["rejected"]], [40, 0]);
    await plimsoll.untilRecorded(120_000); // forty days are forty parts in every roll-up
    const [row] = await plimsoll.ask<{ days: number; n: number }>(
      "SELECT uniqExact(toDate(ts)) AS days, count() AS n FROM requests WHERE key_id = 'forty-days'",
    );
    assert.deepEqual(row, { days: 40, n: 40 });
    for (const rollup of rollups) {
      const sums = [...(await readRollup(plimsoll, rollup))].filter(([place]) => place.includes("|forty-days|"));
      assert.deepEqual([sums.length, sums.reduce((sum, [, [requests]]) => sum + (requests ?? 0), 0)], [40, 120]);
    }
  });

  await t.test(
    "a batch that is recorded halfway, twice, and by two at once leaves what one record leaves",
    async () => {
      const places = { keys: "repeated-%", source: "repeater" };
      const halfway = blockNamed("halfway", [100, 70, 30], 3);
      const deps = recordDeps(plimsoll, halfway);
      const dies = { ...deps, writerOf: () => diesAfter(deps.writerOf(0)) };
      await assert.rejects(recordEvents(dies, halfway.id), /dies here/);
      await recordEvents(deps, halfway.id);
      assert.deepEqual(await countEverywhere(plimsoll, places), everywhere(200));
      const once = await Promise.all(rollups.map((rollup) => readRollup(plimsoll, rollup)));
      await recordEvents(deps, halfway.id);
      assert.deepEqual(await Promise.all(rollups.map((rollup) => readRollup(plimsoll, rollup))), once);

      const contended = blockNamed("contended", [5000], 2);
      const both = recordDeps(plimsoll, contended);
      await Promise.all([recordEvents(both, contended.id), recordEvents(both, contended.id)]);
      assert.deepEqual(await countEverywhere(plimsoll, places), everywhere(5200));
    },
  );

  await t.test(`${RANDOM_EVENTS} random events sum in every roll-up to what was sent, place by place`, async () => {
    const { lines, expected } = randomEvents(7, RANDOM_EVENTS, "random-", Date.now(), 5);
    for (let from = 0; from < lines.length; from += 500) {
      const { body } = await plimsoll.post(lines.slice(from, from + 500).join("\n"));
      assert.deepEqual([body["accepted"], body["rejected"]], [500, 0]);
    }
    await plimsoll.untilRecorded();
    for (const rollup of rollups) {
      const found = [...(await readRollup(plimsoll, rollup))].filter(([place]) => place.includes("|random-"));
      assert.deepEqual(new Map(found), expected[rollup], rollup);
    }
  });

  await t.test("metrics tell what was taken, what waits, what was recorded, and of checks and pages", async () => {
    // Workers tell their figures once a block is recorded, so these come a moment after the rows.
    const text = await until("all that was taken is told as recorded", async () => {
      const now = await (await fetch(`${plimsoll.url}/metrics`)).text();
      return sumOfSeries(now, "recorded_events_total") === sumOfSeries(now, "ingest_events_accepted_total") && now;
    });
    const valueOf = (series: string) => valueOfSeries(text, series);
    assert.ok(sumOfSeries(text, "ingest_events_accepted_total") > RANDOM_EVENTS);
    for (const lane of ["live", "backfill"]) assert.equal(valueOf(`plimsoll_queue_events{lane="${lane}"}`), 0);
    assert.equal(valueOf("plimsoll_ingest_refusing"), 0);
    assert.equal(valueOf('plimsoll_ingest_events_rejected_total{source="gateway",reason="bad_status"}'), 1);
    const inserts = valueOf("plimsoll_insert_seconds_count");
    assert.ok(inserts > 0 && valueOf('plimsoll_insert_seconds_bucket{le="+Inf"}') === inserts);
    assert.equal(valueOf("plimsoll_ingest_lag_seconds_count"), inserts);
    assert.ok(valueOf("plimsoll_ingest_lag_seconds_sum") > 0);
    assert.ok(valueOf("process_resident_memory_bytes") > 0);
    for (const name of ["checks_last_day", "pages"]) assert.ok(text.includes(`# TYPE plimsoll_${name} gauge`));
  });
});

function eventsAt(ts: number, count: number, fields: (index: number) => object): string {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ ts, ...fields(index) })).join("\n");
}

/** Writes into the real ClickHouse a block that is never forgotten. */
function recordDeps({ store }: WholePlimsoll, block: IngestBufferBlock): RecordDeps {
  return {
    ingestBuffer: { read: async () => block, forget: async () => 0 },
    writerOf: (shard) => openRequestWriter(store, shard),
    pause: async () => undefined,
    onProblem: () => undefined,
    onSalvaged: () => undefined,
    onRecorded: () => undefined,
  };
}

/** Everything is written, and nobody learns of it. */
function diesAfter(writer: RequestWriter): RequestWriter {
  return {
    ...writer,
    insertBlock: async (pieces, token) => {
      await writer.insertBlock(pieces, token);
      throw new Error("the process dies here");
    },
  };
}

/** A block of pieces of so many events each, over some days. */
function blockNamed(name: string, events: readonly number[], days: number): IngestBufferBlock {
  const now = Date.now();
  const pieces = events.map((count) => {
    const body = eventsAt(now, count, (index) => ({ ts: now - (index % days) * DAY_MS, key_id: `repeated-${name}` }));
    const accepted = acceptEvents(Buffer.from(body), "ndjson", rules({ span: STORABLE_SPAN }));
    assert.ok(accepted.kind === "events");
    return blockOf([{ source: "repeater", events: accepted.events }]).data;
  });
  return { id: `${name}-${now}.0`, rows: 0, since: now, heartbeats: [], counts: [], pieces };
}
