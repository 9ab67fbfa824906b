import { learnBaselines } from "../../src/pipeline/learn/learn-baselines.js";
import { keyVersion } from "./key-version.js";
import { openChecks, type OpenChecks } from "./open-checks.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** Keys that each make about five requests a minute from a host of their own, learned up to `now`. */
export interface UsualFleet {
  readonly checks: OpenChecks;
  readonly now: number;
  /** The usual traffic of a span, epoch ms. */
  insertUsual(from: number, to: number): Promise<void>;
  /** So many requests a minute on each of the first `keys` keys from three hosts of one network that nobody used before. */
  insertAttacker(from: number, to: number, keys: number, perMinute: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens a fleet of so many keys with so many days of history. */
export async function openUsualFleet(size: number, days = 12): Promise<UsualFleet> {
  const checks = await openChecks();
  const { store } = checks;
  const now = Date.parse("2026-03-13T06:00:00Z");
  const insert = async (from: number, to: number, what: { ip: string; count: string; keys: number; asn: number }) => {
    const { ip, count, keys, asn } = what;
    await store.client.command({
      query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, status, count, bytes, spend_micros, user_agent, route, ingest_source, is_history)
        SELECT fromUnixTimestamp64Milli(toInt64(${from} + minute * ${MINUTE})) AS ts, concat('key_', toString(k)) AS key_id, 'gateway',
          toIPv6(concat('::ffff:', ${ip})), ${asn}, '${asn === 0 ? "internal" : "hosting"}', 200, requests, requests * 2400, requests * 1500,
          '${asn === 0 ? "billing-service/4.2" : "python-requests/2.31"}', '${asn === 0 ? "/v1/charges" : "/v1/customers"}', 'gw', true
        FROM (SELECT intDiv(number, ${keys}) AS minute, number % ${keys} AS k, toUInt32(${count}) AS requests FROM numbers(${(keys * (to - from)) / MINUTE}))`,
      clickhouse_settings: { max_partitions_per_insert_block: "1000" },
    });
  };
  const fleet: UsualFleet = {
    checks,
    now,
    insertUsual: async (from, to) =>
      insert(from, to, {
        ip: "concat('10.1.1.', toString(k))",
        count: `round((0.65 + (cityHash64(k, intDiv(minute, 180)) % 71) / 100) * (4 + cityHash64(k, minute) % 3))`,
        keys: size,
        asn: 0,
      }),
    insertAttacker: async (from, to, keys, perMinute) =>
      insert(from, to, {
        ip: "concat('203.0.113.', toString(minute % 3))",
        count: String(perMinute),
        keys,
        asn: 64_500,
      }),
    close: () => checks.close(),
  };
  const keys = Array.from({ length: size }, (_, i) =>
    keyVersion({
      keyId: `key_${i}`,
      display: `sk_live_…${1000 + i}`,
      owner: `team-${i % 3}`,
      service: `s${i % 2}`,
      limitPerMinute: 60,
    }),
  );
  await store.registry.insertKeys(keys, "keys");
  await fleet.insertUsual(now - days * DAY - 6 * HOUR, now);
  await learnBaselines(checks.deps, Date.now(), now);
  return fleet;
}
