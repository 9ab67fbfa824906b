import { z } from "zod";
import { createHash } from "node:crypto";
import { ASSUMED_DELAY_MS, type LeakRecord, type PublicKey } from "../../model/key/leak-report.js";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** Puts reports on file; the same reports again change nothing. */
export async function insertLeakRecords(client: ClickHouseClient, records: readonly LeakRecord[]): Promise<void> {
  const rows = records.map((record) => ({
    report_id: reportIdOf(record),
    reported_at: new Date(record.reportedAt).toISOString(),
    public_since: new Date(record.publicSince).toISOString(),
    key_id: record.keyId,
    state: record.state,
    reporter: record.reporter,
    kind: record.kind,
    place: record.place,
  }));
  await insertOnce(client, "leak_reports", rows, `leaks:${rows.map((row) => row.report_id).join(" ")}`);
}

const keysOfFingerprintsQuery = defineQuery("audit/keys-of-fingerprints", {
  params: { prints: listOf(z.string()), names: listOf(z.string()) },
  row: { key_id: z.string() },
});

/** Ids of the keys that have one of these fingerprints (64 hex digits), also by a former pepper's id, or are registered by one of these names. */
export async function readKeysOfFingerprints(
  client: ClickHouseClient,
  prints: readonly string[],
  names: readonly string[],
): Promise<string[]> {
  const rows = await readRows(client, keysOfFingerprintsQuery, { prints, names });
  return rows.map((row) => row.key_id);
}

const publicKeysQuery = defineQuery("audit/public-keys", {
  params: { at: z.date() },
  row: { key_id: z.string(), public_ms: z.number(), reported_ms: z.number(), reporter: z.string(), place: z.string() },
});

/** Keys that were reported as public up to an instant (epoch ms). */
export async function readPublicKeys(client: ClickHouseClient, at: number): Promise<PublicKey[]> {
  const rows = await readRows(client, publicKeysQuery, { at: new Date(at) });
  return rows.map((row) => ({
    keyId: row.key_id,
    publicSince: row.public_ms,
    isSinceAssumed: row.reported_ms - row.public_ms === ASSUMED_DELAY_MS,
    reporter: row.reporter,
    place: row.place,
  }));
}

/** More are too many to say anything about each. */
const MOST_ADDRESSES = 10_000;

/** Use of one key in a span, as one observer saw it. */
export interface UseSince {
  readonly observedBy: ObservedBy;
  readonly requests: number;
  /** With 401 or 403. */
  readonly refused: number;
  readonly spendMicros: number;
  readonly addresses: number;
  /** All of them, or the first ten thousand. */
  readonly sourceAddresses: readonly string[];
  readonly lastAt: number;
}

const useSinceQuery = defineQuery("audit/use-since", {
  params: { most: z.number(), keys: listOf(z.string()), from: z.date(), to: z.date() },
  row: {
    observed_by: z.enum(OBSERVERS),
    requests: z.number(),
    refused: z.number(),
    spend_micros: z.number(),
    addresses: z.number(),
    source_ips: z.array(z.string()),
    last_ms: z.number(),
  },
});

/** Use of one key, by all its ids, between two instants (epoch ms, half-open), by observer. */
export async function readUseSince(
  client: ClickHouseClient,
  keys: readonly string[],
  from: number,
  to: number,
): Promise<UseSince[]> {
  const rows = await readRows(client, useSinceQuery, {
    keys,
    from: new Date(from),
    to: new Date(to),
    most: MOST_ADDRESSES,
  });
  return rows.map((row) => ({
    observedBy: row.observed_by,
    requests: row.requests,
    refused: row.refused,
    spendMicros: row.spend_micros,
    addresses: row.addresses,
    sourceAddresses: row.source_ips.map(plainAddress),
    lastAt: row.last_ms,
  }));
}

function reportIdOf({ keyId, place, reporter, reportedAt }: LeakRecord): string {
  const day = new Date(reportedAt).toISOString().slice(0, 10);
  return createHash("sha256").update([keyId, place, reporter, day].join("\n")).digest("hex").slice(0, 32);
}
