import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { parseKey } from "../../src/model/key/parse-key.js";
import { recordKeys } from "../../src/pipeline/registry/record-keys.js";
import type { WholePlimsoll } from "../helpers/whole-plimsoll.js";

const DAY_S = 86_400;
const HISTORY_DAYS = 34;
const KEYS = 200;
const SEND_EVERY_MS = 2000;
/** Requests a minute of one key. */
const PER_MINUTE = 10;
const STOLEN_KEY = "honest_7";
const STOLEN_PER_MINUTE = 120;

/** The home of the fleet, and the hosting network that somebody steals from. */
export const NETWORKS =
  "cidr,asn,name,type\n198.51.100.0/24,64501,Home,cloud\n203.0.113.0/24,64510,Hosting,hosting\n192.0.2.0/24,64511,Elsewhere,isp\n";

/** Registers the fleet and files five weeks of its traffic, one row a key and hour, each as if it had come in time. */
export async function fillHistory(plimsoll: WholePlimsoll, now: number): Promise<void> {
  const parsed = Array.from({ length: KEYS }, (_, key) =>
    parseKey({ key_id: `honest_${key}`, owner: `team-${key % 10}`, valid_from: "2020-01-01" }, now),
  ).filter((one) => "key" in one);
  assert.equal(parsed.length, KEYS);
  await recordKeys(plimsoll.store, parsed);
  const until = Math.floor(now / 60_000) * 60;
  await plimsoll.clickhouse.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, route, status, count, ingest_source, ingested_at)
      SELECT fromUnixTimestamp64Milli(toInt64(${until} - ${HISTORY_DAYS * DAY_S} + 300 * intDiv(number, ${KEYS})) * 1000) AS ts,
        concat('honest_', toString(number % ${KEYS})), 'gateway', toIPv6(concat('::ffff:198.51.100.', toString(number % ${KEYS} + 1))), 64501, 'cloud',
        '/v1/charges', 200, ${5 * PER_MINUTE}, 'gateway', ts + INTERVAL 2 SECOND
      FROM numbers(${KEYS * HISTORY_DAYS * 288})`,
    clickhouse_settings: { max_partitions_per_insert_block: "1000", max_execution_time: 0 },
  });
}

export interface Traffic {
  /** How many events were acknowledged. */
  readonly accepted: () => number;
  /** The longest time that an event waited for its 202, milliseconds. */
  readonly longestAnswerMs: () => number;
  /** How often a body of the honest sender was refused. */
  readonly refused: () => number;
  /** Begins to steal one of the keys. */
  readonly steal: () => void;
  readonly stop: () => Promise<void>;
}

/** Sends what the fleet does now, every two seconds, trying again as a sender is told to. */
export function sendTraffic(plimsoll: WholePlimsoll): Traffic {
  let [accepted, longest, refused, stealing, stopped] = [0, 0, 0, false, false];
  const share = SEND_EVERY_MS / 60_000;
  let round = 0;
  const bodyNow = (): string[] => {
    round += 1;
    const ts = new Date().toISOString();
    // Whole requests: a third of the keys in each round, three times as many of each.
    const keys = Array.from({ length: KEYS }, (_, key) => key).filter((key) => key % 3 === round % 3);
    const lines = keys.map((key) =>
      JSON.stringify({
        ts,
        key_id: `honest_${key}`,
        source_ip: `198.51.100.${key + 1}`,
        route: "/v1/charges",
        count: PER_MINUTE * share * 3,
      }),
    );
    if (!stealing) return lines;
    const count = Math.round(STOLEN_PER_MINUTE * share);
    return [
      ...lines,
      JSON.stringify({ ts, key_id: STOLEN_KEY, source_ip: "203.0.113.9", route: "/v1/charges", count }),
    ];
  };
  const send = async (lines: readonly string[]): Promise<void> => {
    const startedAt = Date.now();
    for (;;) {
      const answer = await plimsoll
        .post(lines.join("\n"), { "idempotency-key": `honest-${round}-${startedAt}` })
        .catch(() => null);
      if (answer?.status === 202) break;
      refused += 1;
      await pause(500);
      if (stopped) return;
    }
    accepted += lines.length;
    longest = Math.max(longest, Date.now() - startedAt);
  };
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const sent = send(bodyNow()).finally(() => underWay.delete(sent));
    underWay.add(sent);
  }, SEND_EVERY_MS);
  return {
    accepted: () => accepted,
    longestAnswerMs: () => longest,
    refused: () => refused,
    steal: () => void (stealing = true),
    stop: async () => {
      clearInterval(timer);
      stopped = true;
      await Promise.all(underWay);
    },
  };
}

/** True for the page that on-call must get of what `steal` does. */
export function isPageOfTheft(event: { event_action?: string; payload?: object } | null | undefined): boolean {
  const { source, severity } = (event?.payload ?? {}) as { source?: string; severity?: string };
  return (
    event?.event_action === "trigger" && source === STOLEN_KEY && (severity === "critical" || severity === "error")
  );
}
