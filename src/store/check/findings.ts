import { z } from "zod";
import { createHash } from "node:crypto";
import { CAUSES, type Cause, type Finding, type FindingSpan, type Signal } from "../../model/finding/finding.js";
import { parseStatistics, printStatistics } from "../../model/finding/finding-statistics.js";
import { parseSubject, printSubject, type FindingSubject } from "../../model/finding/finding-subject.js";
import { summaryText, type Headline } from "../../model/finding/headline.js";
import { SEVERITIES } from "../../model/incident/page.js";
import { OBSERVERS, type ObservedBy } from "../../model/event/request-event.js";
import { insertOnce, readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";

/** Records findings in one insert; the same findings recorded again under the same `asOf` change nothing. */
export async function insertFindings(client: ClickHouseClient, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return;
  const rows = findings.map((finding) => ({
    finding_id: finding.findingId,
    tick: Math.floor(finding.tick / 1000),
    as_of: new Date(finding.asOf).toISOString(),
    key_id: finding.keyId ?? "",
    observed_by: finding.observedBy,
    cause: finding.cause,
    subject: printSubject(finding.subject),
    severity: finding.severity,
    score: finding.score,
    onset: Math.floor(finding.onset / 1000),
    summary: summaryText(finding),
    headline: JSON.stringify(finding.headline),
    signals: JSON.stringify(finding.signals),
    statistics: printStatistics(finding),
  }));
  const hash = createHash("sha256");
  for (const { findingId, asOf } of findings) hash.update(`${findingId} ${asOf}\n`);
  await insertOnce(client, "finding_records", rows, `findings:${hash.digest("hex")}`);
}

/** Which findings are asked for: ticks from `from` to before `to`, epoch ms. */
export interface FindingsRequest {
  readonly cause: Cause;
  readonly keyId: string | null;
  /** Null where the finding is about the key alone. */
  readonly subject: FindingSubject | null;
  readonly from: number;
  readonly to: number;
  readonly most: number;
  /** Of these ticks alone (epoch ms); none: of any. */
  readonly ticks?: readonly number[];
}

const findingSpansQuery = defineQuery("check/finding-spans", {
  params: {
    cause: z.string(),
    subject: z.string(),
    key: z.string(),
    observer: z.string(),
    from: z.number(),
    to: z.number(),
  },
  row: { tick_s: z.number(), onset_s: z.number() },
});

/** Spans that findings of one cause and subject tell of, up to and with those at `to`, the newest first. */
export async function readFindingSpans(
  client: ClickHouseClient,
  wish: Pick<FindingsRequest, "cause" | "keyId" | "subject" | "from" | "to">,
  observedBy: ObservedBy | null,
): Promise<FindingSpan[]> {
  const { cause, keyId, subject } = wish;
  const params = {
    cause,
    key: keyId ?? "",
    subject: printSubject(subject),
    observer: observedBy ?? "",
    from: Math.floor(wish.from / 1000),
    to: Math.floor(wish.to / 1000),
  };
  const rows = await readRows(client, findingSpansQuery, params);
  return rows.map((row) => ({ tick: row.tick_s * 1000, onset: row.onset_s * 1000 }));
}

/** Cause, subject and, without a subject, key, with blanks between: incidents and findings of the same have the same name. */
export function findingName({ cause, subject, keyId }: Pick<FindingsRequest, "cause" | "subject" | "keyId">): string {
  return `${cause} ${printSubject(subject)} ${subject === null ? (keyId ?? "") : ""}`;
}

/** The keys that all of some names are of; none where one has a subject: its findings may be of any key. */
export function onlyKeys(names: readonly string[]): string[] {
  const keys = names.map((name) => /^\S+ {2}(.+)$/s.exec(name)?.[1] ?? "");
  return keys.includes("") ? [] : keys;
}

const findingsQuery = defineQuery("check/findings", {
  params: {
    subjects: listOf(z.string()),
    keys: listOf(z.string()),
    from: z.number(),
    to: z.number(),
    ticks: listOf(z.number()),
    most: z.number(),
  },
  row: {
    finding_id: z.string(),
    tick_s: z.number(),
    as_of_ms: z.number(),
    key_id: z.string(),
    observed_by: z.enum(OBSERVERS),
    cause: z.enum(CAUSES),
    subject: z.string(),
    severity: z.enum(SEVERITIES),
    score: z.number(),
    onset_s: z.number(),
    headline: z.string(),
    signals: z.string(),
    statistics: z.string(),
  },
});

/** Findings of one cause and subject, the newest first. */
export async function readFindings(client: ClickHouseClient, wish: FindingsRequest): Promise<Finding[]> {
  const { from, to, ticks = [], most } = wish;
  const names = [findingName(wish)];
  return readNamed(client, { names, keyIds: onlyKeys(names) }, { from, to, ticks, most });
}

/** Findings of some names (findingName) at some ticks (epoch ms); `keyIds` holds every key that they may be filed under, "" for none. */
export async function readFindingsAt(
  client: ClickHouseClient,
  of: { readonly names: readonly string[]; readonly keyIds: readonly string[] },
  ticks: readonly number[],
): Promise<Finding[]> {
  if (of.names.length === 0) return [];
  const span = { from: Math.min(...ticks), to: Math.max(...ticks) + 1000 };
  return readNamed(client, of, { ...span, ticks, most: ALL });
}

/** More than there can be. */
const ALL = 4_000_000;

async function readNamed(
  client: ClickHouseClient,
  { names, keyIds }: { readonly names: readonly string[]; readonly keyIds: readonly string[] },
  { from, to, ticks, most }: Required<Pick<FindingsRequest, "from" | "to" | "ticks" | "most">>,
): Promise<Finding[]> {
  const rows = await readRows(client, findingsQuery, {
    subjects: names,
    keys: keyIds,
    from: Math.floor(from / 1000),
    to: Math.ceil(to / 1000),
    ticks: [...new Set(ticks.map((tick) => Math.floor(tick / 1000)))],
    most,
  });
  return rows.map(toFinding);
}

function toFinding(row: RowOf<typeof findingsQuery>): Finding {
  return {
    findingId: row.finding_id,
    tick: row.tick_s * 1000,
    asOf: row.as_of_ms,
    keyId: row.key_id || null,
    observedBy: row.observed_by,
    subject: parseSubject(row.subject),
    severity: row.severity,
    score: row.score,
    onset: row.onset_s * 1000,
    headline: JSON.parse(row.headline) as Headline,
    signals: JSON.parse(row.signals) as Signal[],
    ...parseStatistics(row.cause, row.statistics),
  };
}
