import { readRows, type ClickHouseClient } from "./clickhouse.js";
import { plainAddress } from "./evidence.js";

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
  const rows = await readRows<Row>(client, "dossier-findings", { key: keyId, from: seconds(from), to: seconds(to) });
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

/** Addresses of a key in a span, the busiest first. */
export async function readDossierSources(client: ClickHouseClient, span: DossierSpan): Promise<DossierSource[]> {
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
  };
  const rows = await readRows<Row>(client, "dossier-sources", paramsOf(span));
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
  }));
}

/** Routes and permissions of a key in a span; `strangers` are addresses as ClickHouse prints them. */
export async function readDossierUses(
  client: ClickHouseClient,
  span: DossierSpan,
  strangers: readonly string[],
): Promise<DossierUse[]> {
  type Row = {
    level: DossierUse["level"];
    value: string;
    first_ms: number;
    last_ms: number;
    requests: number;
    strange_requests: number;
    spend_micros: number;
    first_seen_s: number;
  };
  const rows = await readRows<Row>(client, "dossier-uses", { ...paramsOf(span), strangers });
  return rows.map((row) => ({
    level: row.level,
    value: row.value,
    firstAt: row.first_ms,
    lastAt: row.last_ms,
    requests: row.requests,
    strangeRequests: row.strange_requests,
    spendMicros: row.spend_micros,
    firstSeenAt: row.first_seen_s * 1000,
  }));
}

/** A key hour by hour; `strangers` are addresses as ClickHouse prints them. */
export async function readDossierHours(
  client: ClickHouseClient,
  span: DossierSpan,
  strangers: readonly string[],
): Promise<DossierHour[]> {
  type Row = {
    hour_s: number;
    requests: number;
    strange_requests: number;
    spend_micros: number;
    strange_spend_micros: number;
    errors: number;
  };
  const rows = await readRows<Row>(client, "dossier-hours", { ...paramsOf(span), strangers });
  return rows.map((row) => ({
    hour: row.hour_s * 1000,
    requests: row.requests,
    strangeRequests: row.strange_requests,
    spendMicros: row.spend_micros,
    strangeSpendMicros: row.strange_spend_micros,
    errors: row.errors,
  }));
}
