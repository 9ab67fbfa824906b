import { cleanText, cutText } from "../../text/clean-text.js";
import { STORABLE_SPAN, type AcceptedSpan } from "./accepted-span.js";
import { EVENT_CAPS } from "./event-limits.js";
import type { EventNote } from "./event-notes.js";
import { refuse, refuseMissing, type EventRefusal } from "./event-refusal.js";
import type { KeyNaming } from "../key/name-raw-key.js";
import { parseDecimal } from "../parse-decimal.js";
import type { Network } from "../network/network-table.js";
import { bareKey } from "../../text/secret/bare-key.js";
import { RawKeyFinder } from "../../text/secret/raw-key-finder.js";
import { readEventInstant, type EventInstant } from "./read-event-instant.js";
import { readInteger, readNumber } from "./read-event-numbers.js";
import { readEventKey } from "./read-key-id.js";
import { readSourceAddress } from "./read-source-address.js";
import type { ObservedBy, RequestEvent } from "./request-event.js";
import { hasUnderOtherName, misspeltFields } from "./misspelt-field.js";
import type { OptionalField } from "./other-names.js";
import { isServed } from "./served.js";
import { withoutQuery } from "./without-query.js";
import { LONGEST_BUCKET_MINUTES } from "./spread-bucket.js";
import { TEXT_CAPS, type TextField } from "../../text/text-caps.js";

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
  /** What the sender should know of it; mostly empty. */
  readonly notes: readonly EventNote[];
  /** Minutes before `ts` that the event adds up; 0 for a request of its own. */
  readonly bucketMinutes: number;
}

/** What proxies log where the client was gone before there was an answer: nothing was served. */
const NO_ANSWER = 499;
/** That nothing is to be told of an event. */
export const NO_NOTES: readonly EventNote[] = Object.freeze([]);

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
  const rawKey = typeof w.key === "string" ? new RawKeyFinder(bareKey(w.key)) : undefined;
  const key = readEventKey(w, rules, rawKey);
  if ("kind" in key) return key;
  const { keyId, sessionKeyId } = key;
  const instant = readInstant(w, rules.span);
  if ("kind" in instant) return instant;
  const ts = instant.at;

  const notes: Notes = { rawKey, masked: "" };
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
  const tlsFingerprint = readText(w, "tls_fingerprint", notes);
  if (tlsFingerprint === undefined) return refuse("bad_tls_fingerprint");
  const region = readText(w, "region", notes);
  if (region === undefined) return refuse("bad_region");
  const service = readText(w, "service", notes);
  if (service === undefined) return refuse("bad_service");

  const told = readInteger(w.status, 200, 0, 599);
  if (told === undefined || (told > 0 && told < 100)) return refuse("bad_status");
  const status = told === 0 ? NO_ANSWER : told;
  const bytes = readInteger(w.bytes, 0, 0, EVENT_CAPS.bytes);
  if (bytes === undefined) return refuse("bad_bytes");
  const bucketMinutes = readInteger(w.bucket_minutes, 0, 1, LONGEST_BUCKET_MINUTES);
  if (bucketMinutes === undefined) return refuse("bad_bucket_minutes");
  const latencyMs = readNumber(w.latency_ms);
  if (latencyMs === undefined || latencyMs > 1e12) return refuse("bad_latency_ms");
  const units = readNumber(w.units);
  const unitMillis = units === undefined ? undefined : parseDecimal(units, 3);
  if (unitMillis === undefined || unitMillis > EVENT_CAPS.unitMillis) return refuse("bad_units");
  const observedBy = readObservedBy(w.observed_by);
  if (observedBy === undefined) return refuse("bad_observed_by");
  // A caller that says it made no request in a minute can be compared with the gateway in it.
  const count = readInteger(w.count, 1, observedBy === "caller" ? 0 : 1, EVENT_CAPS.count);
  if (count === undefined) return refuse("bad_count");
  const plainRoute = withoutQuery(route);
  // By list price only what was served costs anything; what an event says of its own cost makes it served.
  const spendMicros = readSpend(w.cost_usd, () =>
    isServed(status, 0) ? rules.priceOf(keyId, plainRoute, ts) * count : 0,
  );
  if (spendMicros === undefined) return refuse("bad_cost_usd");
  const { address: sourceIp, note } = readSourceAddress(w.source_ip);
  const network = sourceIp === null ? null : rules.networkOf(sourceIp);
  return {
    kind: "event",
    notes: notesOf(
      [
        instant.note,
        observedBy === "provider" ? null : note,
        told === 0 ? "status_zero" : null,
        !rules.isHistory && observedBy !== "provider" && ts < rules.span.knownFrom ? "old_and_no_history" : null,
      ],
      misspeltFields(w),
    ),
    bucketMinutes,
    event: {
      ts,
      keyId,
      sessionKeyId,
      observedBy,
      id,
      sourceIp,
      asn: network?.asn ?? 0,
      networkType: network?.type ?? "unknown",
      method: cutText(method.toUpperCase(), TEXT_CAPS.method),
      route: plainRoute,
      status,
      latencyMs,
      bytes,
      spendMicros,
      unitMillis,
      count,
      scope,
      userAgent,
      tlsFingerprint,
      region,
      service,
      maskedFields: notes.masked,
      isHistory: rules.isHistory,
    },
  };
}

function notesOf(notes: readonly (EventNote | null)[], misspelt: readonly OptionalField[]): readonly EventNote[] {
  const has = notes.some((note) => note !== null) || misspelt.length > 0;
  if (!has) return NO_NOTES;
  return [...notes.filter((note) => note !== null), ...misspelt.map((field) => `misspelt_${field}` as const)];
}

function readInstant(w: Wire, span: AcceptedSpan): EventInstant | EventRefusal {
  if (w.ts === undefined || w.ts === null) return refuseMissing("missing_ts", hasUnderOtherName(w, "ts"));
  const instant = readEventInstant(w.ts);
  if (instant === undefined) return refuse("bad_ts");
  if (instant.at >= span.oldestAt && instant.at <= span.newestAt) return instant;
  if (span === STORABLE_SPAN) return refuse("ts_out_of_range");
  return refuse(instant.at < span.oldestAt ? "ts_too_old" : "ts_in_future");
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
