import assert from "node:assert/strict";
import type { KeyVersion } from "../../src/model/key/key.js";
import { attackerOf } from "./on-call-story.js";
import type { OpenConsole } from "./open-console.js";

/** What is true of the story, counted from its raw events and records: answers are held against it. Instants are seconds. */
export interface OnCallFacts {
  /** Registered versions of the stolen key and of the other one that was used from there. */
  readonly key: KeyVersion;
  readonly otherKey: KeyVersion;
  /** An address that the incident blames, its autonomous system as `AS64500`, and of which type that is. */
  readonly address: string;
  readonly network: string;
  readonly type: string;
  /** The last ten minutes of the leak, as a form takes them: `2026-03-08T02:10`. */
  readonly from: string;
  readonly to: string;
  readonly finding: { readonly onset: number; readonly tick: number; readonly score: number };
  /** From the onset up to the newest finding. */
  readonly sinceOnset: {
    readonly served: number;
    readonly blamed: number;
    readonly spendMicros: number;
    readonly blamedMicros: number;
  };
  /** Requests in as long a time on an average day before. */
  readonly usual: number;
  /** Of the address: when the key was first used from there, refused or not, and first served; and any key of ours. */
  readonly first: { readonly seen: number; readonly served: number; readonly ever: number };
  /** The same of its last use. */
  readonly last: number;
  /** Requests of the key in about an hour from other addresses, and how many these are: more than the least, less than the most. */
  readonly own: { readonly least: number; readonly most: number; readonly addresses: number };
  /** Rows of raw requests from the address in the last ten minutes. */
  readonly rawRows: number;
  /** Minutes that were not evaluated, by their end. */
  readonly unseen: readonly number[];
}

/** Counts all of it, by queries of its own. */
export async function readOnCallFacts({ house, stolen, other }: OpenConsole): Promise<OnCallFacts> {
  const one = async <Row>(query: string): Promise<Row> => {
    const [row] = await house.ask<Row>(query);
    assert.ok(row !== undefined, query);
    return row;
  };
  const { address, asn, type } = await attackerOf(house, stolen);
  const ofKey = `FROM request_events WHERE key_id = '${stolen}'`;
  const isBlamed = `source_ip = toIPv6('${address}')`;
  const finding = await one<OnCallFacts["finding"]>(
    `SELECT toUnixTimestamp(onset) AS onset, toUnixTimestamp(tick) AS tick, score FROM findings
     WHERE key_id = '${stolen}' AND cause = 'leak' ORDER BY tick DESC, as_of DESC LIMIT 1`,
  );
  const span = `ts >= fromUnixTimestamp(${finding.onset}) AND ts < fromUnixTimestamp(${finding.tick})`;
  const sums = await one<Record<"served" | "blamed" | "spendMicros" | "blamedMicros", string>>(
    `SELECT sumIf(count, status < 400) AS served, sumIf(count, status < 400 AND ${isBlamed}) AS blamed, sum(spend_micros) AS spendMicros,
     sumIf(spend_micros, ${isBlamed}) AS blamedMicros ${ofKey} AND ${span}`,
  );
  const seconds = finding.tick - finding.onset;
  const { usual } = await one<{ usual: number }>(
    `SELECT ${seconds} * sum(count) / (7 * 86400) AS usual ${ofKey} AND NOT ${isBlamed}
     AND ts >= fromUnixTimestamp(${finding.onset - 7 * 86_400}) AND ts < fromUnixTimestamp(${finding.onset})`,
  );
  const first = await one<OnCallFacts["first"]>(
    `SELECT minIf(toUnixTimestamp(ts), key_id = '${stolen}') AS seen, minIf(toUnixTimestamp(ts), key_id = '${stolen}' AND status < 400) AS served,
     minIf(toUnixTimestamp(ts), status < 400) AS ever FROM request_events WHERE ${isBlamed}`,
  );
  const { last } = await one<{ last: number }>(`SELECT max(toUnixTimestamp(ts)) AS last ${ofKey} AND ${isBlamed}`);
  const own = await one<Record<"least" | "most" | "addresses", string>>(
    `SELECT sumIf(count, ts > now() - INTERVAL 50 MINUTE) AS least, sum(count) AS most, uniqExact(source_ip) AS addresses
     ${ofKey} AND NOT ${isBlamed} AND ts > now() - INTERVAL 61 MINUTE`,
  );
  const minuteOf = (at: number) => new Date(at * 1000).toISOString().slice(0, 16);
  const [from, to] = [minuteOf(last - 600), minuteOf(last)];
  const { rows } = await one<{ rows: string }>(
    `SELECT count() AS rows FROM request_events WHERE ${isBlamed} AND ts >= '${from}:00' AND ts < '${to}:00'`,
  );
  const unseen = await house.ask<{ tick: number }>(
    "SELECT DISTINCT toUnixTimestamp(tick) AS tick FROM check_runs WHERE outcome = 'not_evaluated' ORDER BY tick",
  );
  const registry = await house.store.registry.readKeys(Date.now(), await house.store.readClock());
  return {
    key: registry.get(stolen)!,
    otherKey: registry.get(other)!,
    address,
    network: `AS${asn}`,
    type,
    from,
    to,
    finding,
    sinceOnset: {
      served: Number(sums.served),
      blamed: Number(sums.blamed),
      spendMicros: Number(sums.spendMicros),
      blamedMicros: Number(sums.blamedMicros),
    },
    usual,
    first,
    last,
    own: { least: Number(own.least), most: Number(own.most), addresses: Number(own.addresses) },
    rawRows: Number(rows),
    unseen: unseen.map(({ tick }) => tick),
  };
}
