import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** A key and a span (epoch ms, half-open). */
export interface DossierSpan {
  readonly keyId: string;
  readonly from: number;
  readonly to: number;
}

/** What was found about a key, per cause. */
export interface FoundCause {
  readonly cause: string;
  readonly onset: number;
  readonly lastAt: number;
  readonly severity: string;
  readonly score: number;
  readonly summary: string;
  readonly findings: number;
}

/** One address of a key in a span; instants are epoch ms. */
export interface DossierSource {
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

/** One route or permission that a key used in a span; what of it the strangers did. */
export interface DossierUse {
  readonly level: "route" | "scope";
  readonly value: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly strangeRequests: number;
  readonly spendMicros: number;
  /** When the key first used it at all. */
  readonly firstSeenAt: number;
}

/** One hour of a key. */
export interface DossierHour {
  readonly hour: number;
  readonly requests: number;
  readonly strangeRequests: number;
  readonly spendMicros: number;
  readonly strangeSpendMicros: number;
  readonly errors: number;
}

const seconds = (ms: number) => Math.floor(ms / 1000);
const paramsOf = ({ keyId, from, to }: DossierSpan) => ({ key: keyId, from: new Date(from), to: new Date(to) });

/** What was found about a key between two instants, the worst first. */
export async function readFoundCauses(
  client: ClickHouseClient,
  { keyId, from, to }: DossierSpan,
): Promise<FoundCause[]> {
  type Row = {
    cause: string;
    onset_s: number;
    last_s: number;
    severity: string;
    score: number;
    summary: string;
    findings: number;
  };
  const rows = await readRows<Row>(client, "view/dossier-findings", {
    key: keyId,
    from: seconds(from),
    to: seconds(to),
  });
  return rows.map((row) => ({
    cause: row.cause,
    onset: row.onset_s * 1000,
    lastAt: row.last_s * 1000,
    severity: row.severity,
    score: row.score,
    summary: row.summary,
    findings: row.findings,
  }));
}

/** What is asked of the addresses of a key besides a span: how much came since two instants, and how much in the span from `week` to `onset` (epoch ms). */
export interface SourcesQuestion extends DossierSpan {
  readonly since: number;
  readonly lately: number;
  readonly week: number;
  readonly onset: number;
}

/** Addresses of a key, the busiest first; of those that were used before the onset alone, requests in the span are 0. */
export async function readDossierSources(
  client: ClickHouseClient,
  question: SourcesQuestion,
): Promise<DossierSource[]> {
  type Row = {
    address: string;
    asn: number;
    network_type: string;
    first_ms: number;
    last_ms: number;
    requests: number;
    errors: number;
    spend_micros: number;
    user_agents: string[];
    requests_since: number;
    spend_micros_since: number;
    requests_lately: number;
    spend_micros_lately: number;
    before_first_ms: number;
    requests_before: number;
    spend_micros_before: number;
  };
  const { since, lately, week, onset } = question;
  const instants = { since: new Date(since), lately: new Date(lately), week: new Date(week), onset: new Date(onset) };
  const rows = await readRows<Row>(client, "view/dossier-sources", { ...paramsOf(question), ...instants });
  return rows.map((row) => ({
    address: plainAddress(row.address),
    ip: row.address,
    asn: row.asn,
    networkType: row.network_type,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    errors: row.errors,
    spendMicros: row.spend_micros,
    userAgents: row.user_agents.filter((agent) => agent !== ""),
    since: { requests: row.requests_since, spendMicros: row.spend_micros_since },
    lately: { requests: row.requests_lately, spendMicros: row.spend_micros_lately },
    before: { firstAt: row.before_first_ms, requests: row.requests_before, spendMicros: row.spend_micros_before },
  }));
}

/** Routes and permissions of a key in a span, and its hours; `strangers` are addresses as ClickHouse prints them. */
export async function readDossierUses(
  client: ClickHouseClient,
  span: DossierSpan,
  strangers: readonly string[],
): Promise<{ readonly uses: readonly DossierUse[]; readonly hours: readonly DossierHour[] }> {
  type Row = {
    level: DossierUse["level"] | "hour";
    hour_s: number;
    value: string;
    first_ms: number;
    last_ms: number;
    requests: number;
    strange_requests: number;
    spend_micros: number;
    strange_spend_micros: number;
    errors: number;
    first_seen_s: number;
  };
  const rows = await readRows<Row>(client, "view/dossier-uses", { ...paramsOf(span), strangers });
  const uses: DossierUse[] = [];
  const hours: DossierHour[] = [];
  for (const row of rows) {
    const { requests, strange_requests: strangeRequests, spend_micros: spendMicros, errors } = row;
    const amounts = { requests, strangeRequests, spendMicros };
    if (row.level === "hour") {
      hours.push({ hour: row.hour_s * 1000, ...amounts, strangeSpendMicros: row.strange_spend_micros, errors });
    } else {
      const seen = { firstAt: row.first_ms, lastAt: row.last_ms, firstSeenAt: row.first_seen_s * 1000 };
      uses.push({ level: row.level, value: row.value, ...seen, ...amounts });
    }
  }
  return { uses, hours };
}
