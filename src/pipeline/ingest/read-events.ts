import { isUtf8 } from "node:buffer";
import { refuse, type EventRefusal, type RefusalReason } from "../../model/event/event-refusal.js";
import type { EventNote, RecordNote } from "../../model/event/event-notes.js";
import {
  NO_NOTES,
  parseRequestEvent,
  type EventRules,
  type ParsedEvent,
} from "../../model/event/parse-request-event.js";
import type { RequestEvent } from "../../model/event/request-event.js";
import { readUsualEvent } from "../../model/event/usual/read-usual-event.js";
import { spreadBucket } from "../../model/event/spread-bucket.js";
import { skipBom, skipSpace, splitArray, splitLines, type EventRange } from "./split-body.js";

export type BodyType = "ndjson" | "json";

/** One refused event: its line (NDJSON) or place in the array, from 1, and a reason that begins with its stable name. */
export interface EventError {
  readonly line: number;
  readonly reason: string;
}

/** A body's events, with the bad ones counted and left out. */
export interface AcceptedEvents {
  readonly kind: "events";
  /** A bucket of several hours is several of them. */
  readonly events: readonly RequestEvent[];
  readonly accepted: number;
  readonly rejected: number;
  /** The first 20. */
  readonly errors: readonly EventError[];
  /** By the names of refusals, or of what a record of a log was instead of an event. */
  readonly rejectedByReason: ReadonlyMap<string, number>;
  /** Events in which the shape of a secret was masked. */
  readonly maskedCount: number;
  /** How many of the accepted events what was noticed of. */
  readonly notes: ReadonlyMap<EventNote | RecordNote, number>;
  /** True when each event, of at least one, carries the sender's id. */
  readonly allHaveId: boolean;
  /** True when the body held no event at all. */
  readonly heartbeat: boolean;
}

/** A body of which nothing can be taken. */
export interface RefusedBody {
  readonly kind: "refused";
  readonly reason: "too_many_events" | "not_json";
  readonly message: string;
}

/** The end of an object right before the next one. */
const JOINED = /\}[ \t\r]{0,8}\{/;
export const MAX_EVENTS = 20_000;
export const MAX_ERRORS = 20;
const EVENTS_AT_ONCE = 50;
/** An audit log's event ends at 256 KiB; beyond this the parsed object would be many times larger than any use of it. */
const MAX_EVENT_BYTES = 2 ** 20;

const NOT_ONE_OBJECT: ReadonlySet<RefusalReason> = new Set(["not_json", "joined_lines"]);
export const TOO_MANY: RefusedBody = {
  kind: "refused",
  reason: "too_many_events",
  message: "too_many_events: at most 20,000 events in a body; a bucket counts once per hour that it covers",
};
const NOT_JSON: RefusedBody = {
  kind: "refused",
  reason: "not_json",
  message: "not_json: the body is not one JSON object or array; lines of objects are application/x-ndjson",
};

/**
 * Reads a whole body. Any bytes are answered; nothing is thrown and no part of a line is repeated in an error. Pauses after some events, so that whoever
 * reads may do something else.
 */
export function* readEvents(
  body: Buffer,
  type: BodyType,
  rules: EventRules,
): Generator<undefined, AcceptedEvents | RefusedBody> {
  const start = skipSpace(body, skipBom(body), body.length);
  if (start === body.length) return tallyEvents().finish();
  const allUtf8 = isUtf8(body);
  const ranges = type === "ndjson" ? splitLines(body) : splitJson(body, start);
  const tally = tallyEvents();
  let read = 0;
  for (let next = ranges.next(); ; next = ranges.next()) {
    if (next.done === true) return next.value === false ? NOT_JSON : tally.finish();
    const range = next.value;
    const count = tally.count();
    // The hours of a bucket count as well.
    if (count >= MAX_EVENTS) return TOO_MANY;
    if (read % EVENTS_AT_ONCE === EVENTS_AT_ONCE - 1) yield;
    read += 1;
    const parsed = parseRange(body, range, allUtf8, rules);
    if (type === "json" && parsed.kind === "refused" && NOT_ONE_OBJECT.has(parsed.reason)) return NOT_JSON;
    tally.add(range.line, parsed);
  }
}

function* splitJson(body: Buffer, start: number): Generator<EventRange, boolean> {
  if (body[start] !== 0x7b) return yield* splitArray(body);
  yield { line: 1, from: start, to: body.length };
  return true;
}

/** One event of a body, from its bytes; `allUtf8` says that the whole body is known to be UTF-8. Throws nothing. */
export function parseRange(
  body: Buffer,
  range: EventRange,
  allUtf8: boolean,
  rules: EventRules,
): ParsedEvent | EventRefusal {
  const usual = readUsualEvent(body, range.from, range.to, rules);
  if (usual !== null) return { kind: "event", event: usual, notes: NO_NOTES, bucketMinutes: 0 };
  if (range.to - range.from > MAX_EVENT_BYTES) return refuse("event_too_large");
  if (!allUtf8 && !isUtf8(body.subarray(range.from, range.to))) return refuse("not_utf8");
  let wire: unknown;
  try {
    wire = JSON.parse(body.toString("utf8", range.from, range.to));
  } catch {
    // The parser's message quotes the text, which may hold a raw key.
    return refuse(JOINED.test(body.toString("latin1", range.from, range.to)) ? "joined_lines" : "not_json");
  }
  return parseRequestEvent(wire, rules);
}

function tallyEvents() {
  const events: RequestEvent[] = [];
  const errors: EventError[] = [];
  const rejectedByReason = new Map<RefusalReason, number>();
  let rejected = 0;
  let maskedCount = 0;
  let accepted = 0;
  const notes = new Map<EventNote, number>();
  let allHaveId = true;
  return {
    count: () => events.length + rejected,
    add(line: number, parsed: ParsedEvent | EventRefusal): void {
      if (parsed.kind === "refused") {
        rejected += 1;
        rejectedByReason.set(parsed.reason, (rejectedByReason.get(parsed.reason) ?? 0) + 1);
        if (errors.length < MAX_ERRORS) errors.push({ line, reason: `${parsed.reason}: ${parsed.message}` });
        return;
      }
      accepted += 1;
      if (parsed.bucketMinutes === 0) events.push(parsed.event);
      else events.push(...spreadBucket(parsed.event, parsed.bucketMinutes));
      if (parsed.event.maskedFields !== "") maskedCount += 1;
      for (const note of parsed.notes) notes.set(note, (notes.get(note) ?? 0) + 1);
      if (parsed.event.id === "") allHaveId = false;
    },
    finish: (): AcceptedEvents => ({
      kind: "events",
      events,
      accepted,
      rejected,
      errors,
      rejectedByReason,
      maskedCount,
      notes,
      allHaveId: allHaveId && events.length > 0,
      heartbeat: events.length + rejected === 0,
    }),
  };
}
