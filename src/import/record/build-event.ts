import { EVENT_CAPS } from "../../model/event/event-limits.js";
import { cleanText } from "../../text/clean-text.js";
import { RawKeyFinder } from "../../text/secret/raw-key-finder.js";
import { KEY_ID_CAP, TEXT_CAPS, type TextField } from "../../text/text-caps.js";
import type { SameRequest, WireEvent } from "../wire-event.js";
import { clientAddress } from "./client-address.js";
import { foldRoute } from "./fold-route.js";
import { splitTarget } from "./http-target.js";
import { chooseKey, rawKeyIn, type KeyPlaces } from "./log-key.js";
import type { ParsedRecord, ParseOptions } from "./log-format.js";
import { amountOf, numberOf, textOf } from "./log-values.js";

/** What a format found in a record, as it stood there: what is none of its kind is left out or refused here, for all formats alike. */
export interface FoundFields extends KeyPlaces {
  /** RFC 3339, or undefined when the record has no time that can be read. */
  readonly time: string | undefined;
  readonly peer?: unknown;
  /** `X-Forwarded-For`, believed only from trusted proxies. */
  readonly forwarded?: unknown;
  /** Made by who wrote the log: with an id of its own choice, as in X-Request-Id, a client could make its requests pass for one. */
  readonly id?: unknown;
  readonly method?: unknown;
  /** A path or URL, with its query: folded to a template, and the query is dropped. */
  readonly target?: unknown;
  /** A template or name of a route, which stays as it is; it counts where there is one, else the target. */
  readonly route?: unknown;
  /** What the log has as the status of the answer; 0 and `-` are no answer. Left out: the log has none, or only what was served. */
  readonly status?: unknown;
  readonly scope?: unknown;
  readonly userAgent?: unknown;
  readonly tlsFingerprint?: unknown;
  /** The lasting identity, or the lasting key, that a short-lived key was minted for. */
  readonly principal?: unknown;
  readonly parentKeyId?: unknown;
  readonly region?: unknown;
  readonly service?: unknown;
  readonly latencyMs?: unknown;
  readonly bytes?: unknown;
  readonly costUsd?: unknown;
  readonly units?: unknown;
  readonly count?: number | undefined;
  readonly bucketMinutes?: number | undefined;
  readonly observedBy?: "caller" | "provider" | undefined;
  readonly same?: SameRequest | undefined;
}

type Draft = { -readonly [Name in keyof WireEvent]: WireEvent[Name] };

/** What proxies log where the client was gone before there was an answer. */
const NO_ANSWER = 499;

/** The event of what a format found, or why it is none. Texts are cut as ingest cuts them, and hold neither the raw key nor another secret. */
export function buildEvent(found: FoundFields, options: ParseOptions): ParsedRecord {
  if (found.time === undefined) return { rejected: "bad_event_time" };
  const { path, queryKey } = splitTarget(textOf(found.target));
  const address = clientAddress(found.peer, found.forwarded, options);
  const key = chooseKey(found, queryKey, address, options);
  if ("rejected" in key) return key;
  const event: Draft = { ts: found.time };
  if ("keyId" in key) event.key_id = key.keyId;
  else {
    event.key = key.key;
    options.note("raw_key");
  }
  // Beside an id as well, the key itself stands in no text.
  const rawKey = event.key ?? rawKeyIn(textOf(found.rawKey)) ?? rawKeyIn(queryKey);
  const finder = rawKey === undefined ? undefined : new RawKeyFinder(rawKey);
  const put = (field: TextField, value: unknown): void => {
    const text = textOf(value);
    if (text === "") return;
    const clean = cleanText(text, TEXT_CAPS[field], finder).text;
    if (clean !== "") event[field] = clean;
  };
  const id = textOf(found.id);
  // A cut id would name another request.
  if (id.length <= TEXT_CAPS.id) put("id", id);
  if (address !== "")
    event.source_ip = finder === undefined ? address : cleanText(address, address.length, finder).text;
  put("method", found.method);
  const route = textOf(found.route);
  put("route", route === "" ? foldRoute(path) : route);
  const problem =
    putSubject(event, found, finder) ?? putStatus(event, found.status, options) ?? putAmounts(event, found);
  if (problem !== null) return problem;
  put("scope", found.scope);
  put("user_agent", found.userAgent);
  put("tls_fingerprint", found.tlsFingerprint);
  put("region", found.region);
  put("service", found.service);
  if (found.count !== undefined) event.count = found.count;
  if (found.bucketMinutes !== undefined) event.bucket_minutes = found.bucketMinutes;
  if (found.observedBy !== undefined) event.observed_by = found.observedBy;
  return found.same === undefined ? { event } : { event, same: found.same };
}

/** Whose history counts. It becomes a public name: what holds a secret is refused, never masked, as masked names would be one. */
function putSubject(event: Draft, found: FoundFields, rawKey: RawKeyFinder | undefined): ParsedRecord | null {
  for (const [field, value] of [
    ["principal", found.principal],
    ["parent_key_id", found.parentKeyId],
  ] as const) {
    const text = textOf(value);
    if (text === "") continue;
    const clean = cleanText(text, KEY_ID_CAP, rawKey);
    if (clean.masked || clean.text !== text) return { rejected: "bad_principal" };
    event[field] = text;
  }
  return null;
}

function putStatus(event: Draft, given: unknown, options: ParseOptions): ParsedRecord | null {
  if (given === undefined) return null;
  const status = numberOf(given);
  if (status === null || (status !== undefined && status <= 0)) {
    options.note("no_status_as_499");
    event.status = NO_ANSWER;
    return null;
  }
  if (status === undefined || !Number.isInteger(status) || status < 100 || status > 599)
    return { rejected: "bad_status" };
  event.status = status;
  return null;
}

/** Latency and size are of use where they can be read; what was spent is what a theft is measured by, and is never lost without a word. */
function putAmounts(event: Draft, found: FoundFields): ParsedRecord | null {
  const latency = amountOf(found.latencyMs);
  if (latency !== undefined && latency <= 1e12) event.latency_ms = latency;
  const bytes = amountOf(found.bytes);
  if (bytes !== undefined) event.bytes = Math.min(Math.floor(bytes), EVENT_CAPS.bytes);
  const cost = numberOf(found.costUsd);
  if (cost === undefined || (cost !== null && cost < 0)) return { rejected: "bad_cost" };
  if (cost !== null) event.cost_usd = cost;
  const units = numberOf(found.units);
  if (units === undefined || (units !== null && units < 0)) return { rejected: "bad_units" };
  if (units !== null) event.units = units;
  return null;
}
