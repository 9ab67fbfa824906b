import { isServed } from "../served.js";
import { EVENT_CAPS } from "../event-limits.js";
import type { EventRules } from "../parse-request-event.js";
import { readInteger, readNumber } from "../read-event-numbers.js";
import { readEventInstant } from "../read-event-instant.js";
import type { ObservedBy, RequestEvent } from "../request-event.js";
import { parseDecimal } from "../../parse-decimal.js";
import { findSecrets } from "../../../text/secret/find-secrets.js";
import { TEXT_CAPS } from "../../../text/text-caps.js";
import { readInstantAt } from "./read-instant-at.js";
import { PLACE, USUAL_FIELDS, type UsualField } from "./usual-fields.js";

const [QUOTE, COMMA, POINT, OPEN, CLOSE, PERCENT] = [34, 44, 46, 123, 125, 37] as const;
/** No usual event is longer: its fields end at their caps. */
const LONGEST = 4096;
/** Up to so many digits a number and its double stand for each other, and a division by a power of ten is exact to the last bit (Clinger 1990, section 4). */
const MOST_DIGITS = 15;
const POWERS = Float64Array.from({ length: MOST_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** What a byte is within a text: 0 where it is no printable ASCII, or escapes something. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 32 && byte < 127 && byte !== QUOTE && byte !== 92 ? 1 : 0,
);
const { ts, key_id, source_ip, observed_by, id, method, route, scope, user_agent, tls_fingerprint, region, service } =
  PLACE;

/** What is read of one event before it is put together; one for all, as a body's events are read one after another. */
const texts: (string | null)[] = USUAL_FIELDS.map(() => null);
const numbers = new Float64Array(USUAL_FIELDS.length);
let given = 0;
/** Senders write the same fields in the same order: which one came at which place the last time. */
const order: UsualField[] = [];

/**
 * An event of the public contract, read from its bytes as `parseRequestEvent` reads it from JSON, several times faster, where it is as nearly all
 * are: known fields in any order, each once, printable ASCII without escapes, plain numbers, an id of the key rather than the key, and nothing to
 * be told of it. Null for every other, and for what is to be refused: that is parsed as JSON, and its sender told.
 */
export function readUsualEvent(body: Buffer, from: number, to: number, rules: EventRules): RequestEvent | null {
  if (to - from > LONGEST) return null;
  let at = skipSpace(body, from, to);
  if (body[at] !== OPEN) return null;
  at += 1;
  given = 0;
  for (let nth = 0; ; nth += 1) {
    at = skipSpace(body, at, to);
    const field = fieldAt(body, at, to, nth);
    if (field === null || (given & (1 << field.place)) !== 0) return null;
    given |= 1 << field.place;
    at = readValue(body, skipSpace(body, at + field.label.length, to), to, field);
    if (at < 0) return null;
    at = skipSpace(body, at, to);
    const end = body[at];
    at += 1;
    if (end === COMMA) continue;
    return end === CLOSE && at <= to && skipSpace(body, at, to) === to ? eventRead(rules) : null;
  }
}

/** Where the value ends; -1 where it is none that is usual. */
function readValue(body: Buffer, at: number, to: number, field: UsualField): number {
  if (at >= to) return -1;
  if (body[at] !== QUOTE)
    return field.kind === "number" || field.kind === "instant" ? readDigits(body, at, to, field) : -1;
  const from = at + 1;
  let hash = 0;
  let hasPercent = false;
  let end = from;
  for (; end < to; end += 1) {
    const byte = body[end]!;
    if (PLAIN[byte] === 0) break;
    if (byte === PERCENT) hasPercent = true;
    hash = Math.imul(hash ^ byte, 16_777_619);
  }
  if (end >= to || body[end] !== QUOTE) return -1;
  if (field.memo !== null) {
    const text = field.memo.get(body, from, end, hash);
    if (text === null) return -1;
    texts[field.place] = text;
  } else if (field.kind === "instant") {
    const instant = readInstantAt(body, from, end);
    if (Number.isNaN(instant)) return -1;
    numbers[field.place] = instant;
  } else if (field.kind === "id") {
    if (hasPercent || end === from || end - from > TEXT_CAPS.id) return -1;
    const text = body.toString("latin1", from, end);
    if (findSecrets(text).length > 0) return -1;
    texts[field.place] = text;
  } else return -1;
  return end + 1;
}

/** A number without sign and exponent, to where it ends; -1 for any other. */
function readDigits(body: Buffer, from: number, to: number, field: UsualField): number {
  let value = 0;
  let point = -1;
  let at = from;
  for (; at < to; at += 1) {
    const byte = body[at]!;
    if (byte >= 48 && byte <= 57) value = value * 10 + byte - 48;
    else if (byte === POINT && point < 0 && at > from) point = at;
    else break;
  }
  const decimals = point < 0 ? 0 : at - point - 1;
  const whole = (point < 0 ? at : point) - from;
  if (whole === 0 || (point >= 0 && decimals === 0) || whole + decimals > MOST_DIGITS) return -1;
  if (whole > 1 && body[from] === 48) return -1;
  const number = decimals === 0 ? value : value / POWERS[decimals]!;
  if (field.kind === "number") numbers[field.place] = number;
  else {
    const instant = readEventInstant(number);
    if (instant === undefined || instant.note !== null) return -1;
    numbers[field.place] = instant.at;
  }
  return at;
}

function eventRead(rules: EventRules): RequestEvent | null {
  const at = numbers[ts]!;
  const { span, isHistory } = rules;
  if (!has(ts) || !has(key_id) || !(at >= span.oldestAt && at <= span.newestAt)) return null;
  const observedBy = has(observed_by) ? (texts[observed_by] as ObservedBy) : "gateway";
  const isProvider = observedBy === "provider";
  if (!isProvider && ((!isHistory && at < span.knownFrom) || !has(source_ip))) return null;
  const status = readInteger(numberOf(PLACE.status), 200, 100, 599);
  const bytes = readInteger(numberOf(PLACE.bytes), 0, 0, EVENT_CAPS.bytes);
  const latencyMs = readNumber(numberOf(PLACE.latency_ms));
  const unitMillis = has(PLACE.units) ? parseDecimal(numbers[PLACE.units]!, 3) : 0;
  const count = readInteger(numberOf(PLACE.count), 1, observedBy === "caller" ? 0 : 1, EVENT_CAPS.count);
  if (status === undefined || bytes === undefined || latencyMs === undefined) return null;
  if (unitMillis === undefined || count === undefined || latencyMs > 1e12 || unitMillis > EVENT_CAPS.unitMillis)
    return null;
  const keyId = texts[key_id]!;
  const plainRoute = textOf(route);
  let spendMicros: number | undefined;
  if (has(PLACE.cost_usd)) {
    spendMicros = parseDecimal(numbers[PLACE.cost_usd]!, 6);
    if (spendMicros === undefined || spendMicros > EVENT_CAPS.spendMicros) return null;
  } else {
    const priced = isServed(status, 0) ? rules.priceOf(keyId, plainRoute, at) * count : 0;
    spendMicros = Math.min(priced, EVENT_CAPS.spendMicros);
  }
  const sourceIp = has(source_ip) ? texts[source_ip]! : null;
  const network = sourceIp === null ? null : rules.networkOf(sourceIp);
  return {
    ts: at,
    keyId,
    sessionKeyId: "",
    observedBy,
    id: textOf(id),
    sourceIp,
    asn: network?.asn ?? 0,
    networkType: network?.type ?? "unknown",
    method: textOf(method),
    route: plainRoute,
    status,
    latencyMs,
    bytes,
    spendMicros,
    unitMillis,
    count,
    scope: textOf(scope),
    userAgent: textOf(user_agent),
    tlsFingerprint: textOf(tls_fingerprint),
    region: textOf(region),
    service: textOf(service),
    maskedFields: "",
    isHistory,
  };
}

const has = (place: number): boolean => (given & (1 << place)) !== 0;
const textOf = (place: number): string => (has(place) ? texts[place]! : "");
const numberOf = (place: number): number | undefined => (has(place) ? numbers[place]! : undefined);

/** The field whose name stands there, first the one that stood there in the event before. */
function fieldAt(body: Buffer, at: number, to: number, nth: number): UsualField | null {
  const expected = order[nth];
  if (expected !== undefined && isLabelAt(body, at, to, expected.label)) return expected;
  const found = USUAL_FIELDS.find(({ label }) => isLabelAt(body, at, to, label));
  if (found === undefined || nth >= USUAL_FIELDS.length) return null;
  order[nth] = found;
  return found;
}

function isLabelAt(body: Buffer, at: number, to: number, label: Uint8Array): boolean {
  if (at + label.length > to) return false;
  for (let index = 1; index < label.length; index += 1) if (body[at + index] !== label[index]) return false;
  return body[at] === QUOTE;
}

function skipSpace(body: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && isSpace(body[at]!)) at += 1;
  return at;
}

const isSpace = (byte: number): boolean => byte === 32 || byte === 13 || byte === 10 || byte === 9;
