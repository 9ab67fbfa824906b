import { z } from "zod";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf } from "../clickhouse/define-query.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** A key and a span (epoch ms, half-open). */
export interface InvestigationSpan {
  /** Every id of the key. */
  readonly keyIds: readonly string[];
  readonly from: number;
  readonly to: number;
}

/** One address of a key in a span; instants are epoch ms. */
export interface InvestigationSource {
  /** As people write it. */
  readonly address: string;
  /** As ClickHouse prints it. */
  readonly ip: string;
  readonly asn: number;
  readonly networkType: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly errors: number;
  readonly spendMicros: number;
  /** Of responses. */
  readonly bytes: number;
  readonly userAgents: readonly string[];
  /** Since the onset, in the last hour, and in the week before the onset. */
  readonly since: Amount;
  readonly lately: Amount;
  readonly before: Amount & { readonly firstAt: number };
}

/** Requests and what they cost, in millionths of a dollar. */
export interface Amount {
  readonly requests: number;
  readonly spendMicros: number;
}

/** One route or permission that a key used in a span; what of it the unknown sources did. */
export interface InvestigationUse {
  readonly level: "route" | "scope";
  readonly value: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly unknownSourceRequests: number;
  readonly spendMicros: number;
  /** When the key first used it at all. */
  readonly firstSeenAt: number;
}

/** One hour of a key. */
export interface InvestigationHour {
  readonly hour: number;
  readonly requests: number;
  readonly unknownSourceRequests: number;
  readonly spendMicros: number;
  readonly unknownSourceSpendMicros: number;
  readonly errors: number;
}

const paramsOf = ({ keyIds, from, to }: InvestigationSpan) => ({
  keys: keyIds,
  from: new Date(from),
  to: new Date(to),
});

/** What is asked of the addresses of a key besides a span: how much came since two instants, and how much in the span from `week` to `onset` (epoch ms). */
export interface SourcesQuestion extends InvestigationSpan {
  readonly since: number;
  readonly lately: number;
  readonly week: number;
  readonly onset: number;
}

const investigationSourcesQuery = defineQuery("view/investigation-sources", {
  params: {
    since: z.date(),
    lately: z.date(),
    from: z.date(),
    week: z.date(),
    onset: z.date(),
    keys: listOf(z.string()),
    to: z.date(),
  },
  row: {
    address: z.string(),
    asn: z.number(),
    network_type: z.string(),
    first_ms: z.number(),
    last_ms: z.number(),
    requests: z.number(),
    errors: z.number(),
    spend_micros: z.number(),
    bytes: z.number(),
    user_agents: z.array(z.string()),
    requests_since: z.number(),
    spend_micros_since: z.number(),
    requests_lately: z.number(),
    spend_micros_lately: z.number(),
    before_first_ms: z.number(),
    requests_before: z.number(),
    spend_micros_before: z.number(),
    visible_ms: z.number(),
  },
});

/**
 * Addresses of a key, the busiest first; of those that were used before the onset alone, requests in the span are 0. `visible` is when
 * the newest of the rows was recorded (epoch ms): what else is read of the same key is read as of then, so that sums agree.
 */
export async function readInvestigationSources(
  client: ClickHouseClient,
  question: SourcesQuestion,
): Promise<{ readonly sources: readonly InvestigationSource[]; readonly visible: number }> {
  const { since, lately, week, onset } = question;
  const instants = { since: new Date(since), lately: new Date(lately), week: new Date(week), onset: new Date(onset) };
  const rows = await readRows(client, investigationSourcesQuery, { ...paramsOf(question), ...instants });
  const sources = rows.map((row) => ({
    address: plainAddress(row.address),
    ip: row.address,
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    errors: row.errors,
    spendMicros: row.spend_micros,
    bytes: row.bytes,
    userAgents: row.user_agents.filter((agent) => agent !== ""),
    since: { requests: row.requests_since, spendMicros: row.spend_micros_since },
    lately: { requests: row.requests_lately, spendMicros: row.spend_micros_lately },
    before: { firstAt: row.before_first_ms, requests: row.requests_before, spendMicros: row.spend_micros_before },
  }));
  return { sources, visible: rows.reduce((newest, row) => Math.max(newest, row.visible_ms), 0) };
}

const investigationUsesQuery = defineQuery("view/investigation-uses", {
  params: {
    unknownSources: listOf(z.string()),
    keys: listOf(z.string()),
    from: z.date(),
    to: z.date(),
    visible: z.date(),
  },
  row: {
    level: z.enum(["hour", "route", "scope"]),
    hour_s: z.number(),
    value: z.string(),
    first_ms: z.number(),
    last_ms: z.number(),
    requests: z.number(),
    unknown_source_requests: z.number(),
    spend_micros: z.number(),
    unknown_source_spend_micros: z.number(),
    errors: z.number(),
    first_seen_s: z.number(),
  },
});

/** Routes and permissions of a key in a span, and its hours; of what was recorded until `visible` (epoch ms); `unknown sources` are addresses as ClickHouse prints them. */
export async function readInvestigationUses(
  client: ClickHouseClient,
  span: InvestigationSpan,
  unknownSources: readonly string[],
  visible: number,
): Promise<{ readonly uses: readonly InvestigationUse[]; readonly hours: readonly InvestigationHour[] }> {
  const rows = await readRows(client, investigationUsesQuery, {
    ...paramsOf(span),
    unknownSources,
    visible: new Date(visible),
  });
  const uses: InvestigationUse[] = [];
  const hours: InvestigationHour[] = [];
  for (const row of rows) {
    const { requests, unknown_source_requests: unknownSourceRequests, spend_micros: spendMicros, errors } = row;
    const amounts = { requests, unknownSourceRequests, spendMicros };
    if (row.level === "hour") {
      hours.push({
        hour: row.hour_s * 1000,
        ...amounts,
        unknownSourceSpendMicros: row.unknown_source_spend_micros,
        errors,
      });
    } else {
      const seen = { firstAt: row.first_ms, lastAt: row.last_ms, firstSeenAt: row.first_seen_s * 1000 };
      uses.push({ level: row.level, value: row.value, ...seen, ...amounts });
    }
  }
  return { uses, hours };
}
