import { z } from "zod";
import { NO_ADDRESS } from "../../model/network/no-address.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, flag, listOf } from "../clickhouse/define-query.js";
import { readNamesOfSystems } from "../networks/names-of-systems.js";
import type { UsageSeries } from "../check/usage.js";
import type { Subject } from "../../model/subject.js";

/** A span of time, epoch ms, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A key by all its ids, as one observer saw it. */
interface SubjectIds {
  readonly keyIds: readonly string[];
  readonly observedBy: Subject["observedBy"];
}

const secondsOf = ({ from, to }: Span) => ({ from: Math.floor(from / 1000), to: Math.floor(to / 1000) });

const keyHoursQuery = defineQuery("view/key-hours", {
  params: { from: z.number(), to: z.number(), keys: listOf(z.string()) },
  row: {
    observed_by: z.enum(OBSERVERS),
    at: z.array(z.number()),
    requests: z.array(z.number()),
    spend_micros: z.array(z.number()),
  },
});

/** Hours of a key, by all its ids (the present one first), in a span of whole hours, by observer, the busiest first: `at` counts hours from its beginning. */
export async function readKeyHours(
  client: ClickHouseClient,
  keys: readonly string[],
  span: Span,
): Promise<UsageSeries[]> {
  const rows = await readRows(client, keyHoursQuery, { keys, ...secondsOf(span) });
  return rows.map((row) => ({
    keyId: keys[0]!,
    observedBy: row.observed_by,
    at: row.at,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}

/** A slot of five minutes, counted from the beginning of a span, in which any source was heard. */
export interface ObservedSlot {
  readonly slot: number;
  /** End (epoch ms) of the last minute of it that was heard. */
  readonly until: number;
}

const observedSlotsQuery = defineQuery("view/observed-slots", {
  params: { from: z.number(), to: z.number() },
  row: { slot: z.number(), last_s: z.number() },
});

/** Slots of a span in which any source was heard, oldest first. */
export async function readObservedSlots(client: ClickHouseClient, span: Span): Promise<ObservedSlot[]> {
  const rows = await readRows(client, observedSlotsQuery, secondsOf(span));
  return rows.map(({ slot, last_s }) => ({ slot, until: (last_s + 60) * 1000 }));
}

/** A network of a key, hour by hour or day by day. */
export interface NetworkSteps {
  readonly asn: number;
  readonly networkType: string;
  readonly name: string;
  /** Epoch ms; null where the system is not known. */
  readonly firstSeenAt: number | null;
  /** Steps counted from the span's first, and what was done in each. */
  readonly steps: readonly number[];
  readonly requests: readonly number[];
  readonly spendMicros: readonly number[];
}

const networkDaysQuery = defineQuery("view/network-days", {
  params: {
    from: z.number(),
    to: z.number(),
    keys: listOf(z.string()),
    observed_by: z.string(),
    step: z.number(),
    most: z.number(),
  },
  row: {
    asn: z.number(),
    network_type: z.string(),
    is_unplaced: flag,
    first_s: z.number(),
    steps: z.array(z.number()),
    requests: z.array(z.number()),
    spend_micros: z.array(z.number()),
  },
});

/** Networks of a subject in steps (ms: an hour or a day) of a span that begins with one, the busiest first, at most `most`. */
export async function readNetworkSteps(
  client: ClickHouseClient,
  { keyIds, observedBy }: SubjectIds,
  span: Span,
  stepMs: number,
  most: number,
): Promise<NetworkSteps[]> {
  const params = { keys: keyIds, observed_by: observedBy, ...secondsOf(span), step: stepMs / 1000, most };
  const rows = await readRows(client, networkDaysQuery, params);
  const nameOf = await readNamesOfSystems(client, rows);
  return rows.map((row) => ({
    asn: row.asn,
    networkType: row.network_type,
    name: row.is_unplaced === 1 ? NO_ADDRESS : nameOf(row),
    firstSeenAt: row.first_s === 0 ? null : row.first_s * 1000,
    steps: row.steps,
    requests: row.requests,
    spendMicros: row.spend_micros,
  }));
}

/** A route of a key. */
export interface RouteUse {
  readonly method: string;
  readonly route: string;
  readonly requests: number;
  readonly errors: number;
  readonly spendMicros: number;
  /** When it was first served, epoch ms; null where it never was. */
  readonly firstSeenAt: number | null;
}

const routesOfKeyQuery = defineQuery("view/routes-of-key", {
  params: { from: z.number(), to: z.number(), keys: listOf(z.string()), observed_by: z.string(), most: z.number() },
  row: {
    method: z.string(),
    route: z.string(),
    requests: z.number(),
    errors: z.number(),
    spend_micros: z.number(),
    first_s: z.number(),
  },
});

/** Routes of a subject in a span of whole hours, the busiest first, at most `most`. */
export async function readRoutesOfKey(
  client: ClickHouseClient,
  { keyIds, observedBy }: SubjectIds,
  span: Span,
  most: number,
): Promise<RouteUse[]> {
  const params = { keys: keyIds, observed_by: observedBy, ...secondsOf(span), most };
  const rows = await readRows(client, routesOfKeyQuery, params);
  return rows.map((row) => ({
    method: row.method,
    route: row.route,
    requests: row.requests,
    errors: row.errors,
    spendMicros: row.spend_micros,
    firstSeenAt: row.first_s === 0 ? null : row.first_s * 1000,
  }));
}
