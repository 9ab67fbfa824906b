import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { WholePlimsoll } from "../helpers/whole-plimsoll.js";
import { attackWith, otherSender, pauseWithin } from "./attack-with.js";

const UNKNOWN_KEYS = 300_000;

test("300,000 keys that nobody registered, from 300,000 addresses, stop no check for two minutes", async (t) => {
  const guess = () =>
    JSON.stringify({
      ts: new Date().toISOString(),
      key: `guess-${randomBytes(12).toString("hex")}`,
      source_ip: [...randomBytes(4)].join("."),
      status: 401,
    });
  const figures = await attackWith(
    t,
    async (plimsoll, signal) => {
      while (!signal.aborted) {
        const body = Array.from({ length: 1000 }, guess).join("\n");
        await plimsoll.post(body, otherSender(plimsoll)).catch(() => null);
        await pauseWithin(2000, signal);
      }
    },
    fillUnknownKeys,
  );
  assert.ok(figures.longestCheckSeconds < 10, `a check took ${figures.longestCheckSeconds} s`);
  assert.ok(figures.workMegabytes < 700, `work took ${figures.workMegabytes} MB`);
});

/** Three requests of each unknown key, from an address of its own: yesterday, this morning and just now; one in ten was served. */
async function fillUnknownKeys(plimsoll: WholePlimsoll, now: number): Promise<void> {
  for (const agoSeconds of [86_400, 18_000, 600]) {
    await plimsoll.clickhouse.command({
      query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, route, status, count, ingest_source, ingested_at)
        SELECT fromUnixTimestamp64Milli(toInt64(${now} - ${agoSeconds * 1000} + number % 300000)) AS ts,
          concat('fp_', lower(hex(sipHash64(number)))), 'gateway', toIPv6(concat('::ffff:', IPv4NumToString(toUInt32(sipHash64(number, 1))))), 0, 'unknown',
          '/v1/charges', if(number % 10 = 0, 200, 401), 1, 'other', ts + INTERVAL 2 SECOND
        FROM numbers(${UNKNOWN_KEYS})`,
      clickhouse_settings: { max_partitions_per_insert_block: "1000", max_execution_time: 0 },
    });
  }
}
