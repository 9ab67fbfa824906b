import { toRules } from "../../src/model/key/rules-of-keys.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/time/day.js";
import { keyVersion } from "./key-version.js";
import { openChecks, type OpenChecks } from "./open-checks.js";

export const DAY = Date.parse("2026-03-10T00:00:00Z");
export const HOUR = DAY + 14 * HOUR_MS;
export const TICK = HOUR + 10 * MINUTE_MS;
/** What a row holds: more than any event may claim, so that a few dozen rows come to what nine million would. */
const EACH = 2n ** 60n;
/** Rows of each key, of which 32 are 2^65: what wraps at 2^64 would leave seven. */
export const ROWS = 32;
export const SUM = EACH * BigInt(ROWS) + 7n;
/** Keys that spent that much in ten minutes: in one block of rows, and in many parts. */
export const RICH = ["block", "parts"] as const;
/** A key that spent little. */
export const POOR = { keyId: "poor", sum: 50n } as const;

const RULES = toRules([
  { kind: "spend", usd: 1_000_000_000, per: "hour", severity: "error", name: "hour" },
  { kind: "budget_share", percent: 10_000, name: "budget" },
]);

/** A database with keys whose spend, bytes and units come to more than 64 bits hold, and rules on what they spend. */
export async function openBoundlessSpend(): Promise<OpenChecks> {
  const checks = await openChecks();
  const keyIds = [...RICH, POOR.keyId];
  const keys = keyIds.map((keyId) => keyVersion({ keyId, monthlyBudgetUsd: 90_000_000_000, rules: RULES }));
  await checks.store.registry.insertKeys(keys, "keys");
  // Born nine days before, so that what they do now is new to them.
  for (const keyId of keyIds) await insert(checks, keyId, { at: DAY - 9 * DAY_MS, rows: 1, each: 7n, ip: "192.0.2.1" });
  await insert(checks, "block", { rows: ROWS, each: EACH });
  for (let first = 0; first < ROWS; first += 4) await insert(checks, "parts", { first, rows: 4, each: EACH });
  for (const keyId of RICH) await insert(checks, keyId, { first: ROWS, rows: 1, each: 7n });
  await insert(checks, POOR.keyId, { rows: 10, each: POOR.sum / 10n });
  return checks;
}

interface Rows {
  readonly at?: number;
  readonly first?: number;
  readonly rows: number;
  readonly each: bigint;
  readonly ip?: string;
}

/** Writes rows past the parser, in turn to the ten minutes from an instant on. */
async function insert(checks: OpenChecks, keyId: string, given: Rows): Promise<void> {
  const { at = HOUR, first = 0, rows, each, ip = "203.0.113.9" } = given;
  const amount = `toUInt64('${each}')`;
  await checks.store.client.command({
    query: `INSERT INTO requests (ts, key_id, observed_by, source_ip, asn, network_type, method, route, scope, status, bytes, spend_micros, unit_millis, count, is_history)
      SELECT fromUnixTimestamp64Milli(toInt64(${at}) + ((${first} + number) % 10) * 60000, 'UTC'), '${keyId}', 'gateway', toIPv6('${ip}'), 64500,
        'hosting', 'GET', '/r', 's', 200, ${amount}, ${amount}, ${amount}, 1, true FROM numbers(${rows})`,
  });
}
