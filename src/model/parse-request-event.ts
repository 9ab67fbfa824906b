import { cleanText, cutText, hasUnprintable } from "./clean-text.js";
import { EVENT_CAPS } from "./event-caps.js";
import { refuse, type EventRefusal } from "./event-refusal.js";
import { nameRawKey, type KeyNaming } from "./name-raw-key.js";
import { parseAddress } from "./parse-address.js";
import { parseDecimal } from "./parse-decimal.js";
import { parseInstant } from "./parse-instant.js";
import type { Network } from "./network-table.js";
import { RawKeyFinder } from "./raw-key-finder.js";
import type { ObservedBy, RequestEvent } from "./request-event.js";
import { looksLikeSecret } from "./secret-shape.js";
import { isServed } from "./served.js";
import { TEXT_CAPS, type TextField } from "./text-caps.js";

/** Instants that are taken, both ends included, epoch milliseconds. */
export interface AcceptedSpan {
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** What parsing an event depends on besides the event. */
export interface EventRules extends KeyNaming {
  readonly span: AcceptedSpan;
  /** Micro-dollars of one request of the key on the route at an instant (epoch ms), an integer; 0 where no price is known. */
  readonly priceOf: (keyId: string, route: string, at: number) => number;
  /** The network of an address in canonical IPv6 text; null where none is known. */
  readonly networkOf: (address: string) => Pick<Network, "asn" | "type"> | null;
  /** Whether an administrator imports the events as history. */
  readonly isHistory: boolean;
}

export interface ParsedEvent {
  readonly kind: "event";
  readonly event: RequestEvent;
  /** True when `source_ip` was given and is not an address (stored as none, to be counted). */
  readonly notAnAddress: boolean;
}

const FUTURE_MS = 10 * 60_000;
const DAY_MS = 86_400_000;

/** Every instant that the tables can hold: for imports into files and for backtests. */
export const STORABLE_SPAN: AcceptedSpan = { oldestAt: 0, newestAt: 2 ** 32 * 1000 - 1 };

/** What live ingest takes at `now`: back to the end of raw retention, and 10 minutes ahead for clocks that are fast. */
export function liveSpan(now: number, rawDays: number): AcceptedSpan {
  return { oldestAt: Math.max(0, now - rawDays * DAY_MS), newestAt: now + FUTURE_MS };
}

type Wire = Readonly<Record<string, unknown>>;

/** What has been noticed while the texts of one event were read. */
interface Notes {
  readonly rawKey: RawKeyFinder | undefined;
  masked: string;
}

/** One event of the public contract as a RequestEvent, or why it is refused. Throws nothing and keeps nothing of a raw key. */
export function parseRequestEvent(wire: unknown, rules: EventRules): ParsedEvent | EventRefusal {
  if (typeof wire !== "object" || wire === null || Array.isArray(wire)) return refuse("not_an_object");
  const w = wire as Wire;
  const keyId = readKeyId(w, rules);
  if (typeof keyId !== "string") return keyId;
  const ts = readInstant(w.ts, rules.span);
  if (typeof ts !== "number") return ts;

  const notes: Notes = { rawKey: typeof w.key === "string" ? new RawKeyFinder(w.key) : undefined, masked: "" };
  if (w.id === "" || (typeof w.id === "string" && w.id.length > TEXT_CAPS.id)) return refuse("bad_id");
  const id = readText(w, "id", notes);
  if (id === undefined) return refuse("bad_id");
  const method = readText(w, "method", notes);
  if (method === undefined) return refuse("bad_method");
  const route = readText(w, "route", notes);
  if (route === undefined) return refuse("bad_route");
  const scope = readText(w, "scope", notes);
  if (scope === undefined) return refuse("bad_scope");
  const userAgent = readText(w, "user_agent", notes);
  if (userAgent === undefined) return refuse("bad_user_agent");
  const region = readText(w, "region", notes);
  if (region === undefined) return refuse("bad_region");
  const service = readText(w, "service", notes);
  if (service === undefined) return refuse("bad_service");

  const status = readInteger(w.status, 200, 100, 599);
  if (status === undefined) return refuse("bad_status");
  const bytes = readInteger(w.bytes, 0, 0, EVENT_CAPS.bytes);
  if (bytes === undefined) return refuse("bad_bytes");
  const count = readInteger(w.count, 1, 1, EVENT_CAPS.count);
  if (count === undefined) return refuse("bad_count");
  const latencyMs = w.latency_ms ?? 0;
  if (typeof latencyMs !== "number" || !(latencyMs >= 0 && latencyMs <= 1e12)) return refuse("bad_latency_ms");
  const units = w.units ?? 0;
  const unitMillis = typeof units === "number" ? parseDecimal(units, 3) : undefined;
  if (unitMillis === undefined || unitMillis > EVENT_CAPS.unitMillis) return refuse("bad_units");
  const observedBy = readObservedBy(w.observed_by);
  if (observedBy === undefined) return refuse("bad_observed_by");
  const plainRoute = withoutQuery(route);
  // By list price only what was served costs anything; what an event says of its own cost makes it served.
  const spendMicros = readSpend(w.cost_usd, () =>
    isServed(status, 0) ? rules.priceOf(keyId, plainRoute, ts) * count : 0,
  );
  if (spendMicros === undefined) return refuse("bad_cost_usd");
  const address = w.source_ip ?? "";
  const sourceIp = typeof address === "string" ? parseAddress(address) : null;
  const network = sourceIp === null ? null : rules.networkOf(sourceIp);
  return {
    kind: "event",
    notAnAddress: sourceIp === null && address !== "",
    event: {
      ts,
      keyId,
      observedBy,
      id,
      sourceIp,
      asn: network?.asn ?? 0,
      networkType: network?.type ?? "unknown",
      method: cutText(method.toUpperCase(), TEXT_CAPS.method),
      route: plainRoute,
      status,
      latencyMs: latencyMs + 0,
      bytes,
      spendMicros,
      unitMillis,
      count,
      scope,
      userAgent,
      region,
      service,
      maskedFields: notes.masked,
      isHistory: rules.isHistory,
    },
  };
}

/** The raw key is turned into its fingerprint before anything else is looked at. */
function readKeyId(w: Wire, rules: EventRules): string | EventRefusal {
  const hasKey = w.key !== undefined && w.key !== null;
  const hasKeyId = w.key_id !== undefined && w.key_id !== null;
  if (hasKey === hasKeyId) return refuse(hasKey ? "two_keys" : "missing_key");
  if (hasKey) return typeof w.key === "string" ? idOfRawKey(w.key, rules) : refuse("bad_key");
  const keyId = w.key_id;
  if (typeof keyId !== "string" || keyId === "" || keyId.length > 128 || hasUnprintable(keyId)) {
    return refuse("bad_key_id");
  }
  return looksLikeSecret(keyId) ? refuse("looks_like_secret") : keyId;
}

function idOfRawKey(rawKey: string, rules: EventRules): string | EventRefusal {
  if (rawKey.length < 8 || rawKey.length > 512) return refuse("bad_key");
  return nameRawKey(rawKey, rules) ?? refuse("key_not_accepted");
}

function readInstant(value: unknown, span: AcceptedSpan): number | EventRefusal {
  if (value === undefined || value === null) return refuse("missing_ts");
  const at = typeof value === "string" ? parseInstant(value) : value;
  if (typeof at !== "number" || !Number.isFinite(at)) return refuse("bad_ts");
  const ts = Math.floor(at);
  if (ts >= span.oldestAt && ts <= span.newestAt) return ts;
  if (span === STORABLE_SPAN) return refuse("ts_out_of_range");
  return refuse(ts < span.oldestAt ? "ts_too_old" : "ts_in_future");
}

/** "" when absent, undefined when it is not a string; cut to its cap, unprintable and secret parts are gone. */
function readText(w: Wire, field: TextField, notes: Notes): string | undefined {
  const value = w[field];
  if (value === undefined || value === null || value === "") return "";
  if (typeof value !== "string") return undefined;
  const { text, masked } = cleanText(value, TEXT_CAPS[field], notes.rawKey);
  if (masked) notes.masked += notes.masked === "" ? field : `,${field}`;
  return text;
}

/** A secret in the query has been noted by now; the query itself goes. */
function withoutQuery(route: string): string {
  const end = route.search(/[?#]/);
  return end < 0 ? route : route.slice(0, end);
}

function readInteger(value: unknown, absent: number, min: number, max: number): number | undefined {
  if (value === undefined || value === null) return absent;
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
    ? (value as number) + 0
    : undefined;
}

function readObservedBy(value: unknown): ObservedBy | undefined {
  if (value === undefined || value === null) return "gateway";
  return value === "gateway" || value === "caller" || value === "provider" ? value : undefined;
}

/** What the registry prices is no fault of the sender's: it is cut to the cap, never refused. */
function readSpend(value: unknown, priced: () => number): number | undefined {
  if (typeof value === "number" || typeof value === "string") {
    const micros = parseDecimal(value, 6);
    return micros === undefined || micros > EVENT_CAPS.spendMicros ? undefined : micros;
  }
  if (value !== undefined && value !== null) return undefined;
  return Math.min(priced(), EVENT_CAPS.spendMicros);
}
