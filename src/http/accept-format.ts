import type { RecordNote } from "../model/event/event-notes.js";
import type { EventRules } from "../model/event/parse-request-event.js";
import { readBodyOfLog, type BodyOfLog } from "../import/read-body.js";
import { FORMAT_NAMES, hasOwnReader, textReaderOf } from "../import/read-as.js";
import { parseKeyFrom } from "../import/record/key-from.js";
import type { ParseOptions } from "../import/record/log-format.js";
import { parseTrustedProxies } from "../import/record/trusted-proxies.js";
import { acceptInSlices } from "../pipeline/ingest/accept-in-slices.js";
import {
  MAX_ERRORS,
  MAX_EVENTS,
  TOO_MANY,
  type AcceptedEvents,
  type RefusedBody,
} from "../pipeline/ingest/read-events.js";

/** A format that a request names, with how its records are to be read. */
export interface AskedFormat {
  readonly name: string;
  readonly options: Omit<ParseOptions, "note">;
}

const PARAMETERS = ["format", "key_from", "trusted_proxies"];
/** As long as reading a body of another type holds up others. */
const SLICE_MS = 10;
/** What ingest notices of the event itself, or is nobody's to mend. */
const NOT_WARNED: ReadonlySet<string> = new Set(["address_list", "raw_key", "named_by_key_from"]);

/** What a request's query says of its body's format; null where it says nothing, so that the body is of events. */
export function parseAskedFormat(
  query: Readonly<Record<string, unknown>>,
): AskedFormat | { readonly error: string } | null {
  const repeated = PARAMETERS.find((name) => Array.isArray(query[name]));
  if (repeated !== undefined) return { error: `${repeated}: must be given once` };
  const { format, key_from: keyFrom, trusted_proxies: proxies } = query;
  if (format === undefined) {
    const useless = PARAMETERS.find((name) => query[name] !== undefined);
    return useless === undefined ? null : { error: `${useless}: only with format` };
  }
  if (typeof format !== "string" || textReaderOf(format, { keyFrom: null, trustedProxies: null, note }) === undefined)
    return { error: `format: must be one of ${FORMAT_NAMES.join(", ")}` };
  if (hasOwnReader(format) && (keyFrom ?? proxies) !== undefined)
    return { error: `key_from, trusted_proxies: not for ${format}, whose records name their keys and addresses` };
  const from = typeof keyFrom === "string" ? parseKeyFrom(keyFrom) : null;
  if (keyFrom !== undefined && from === null) return { error: "key_from: must be user, ip or header:<name>" };
  const trusted = typeof proxies === "string" ? parseTrustedProxies(proxies) : null;
  if (proxies !== undefined && (trusted === null || "bad" in trusted))
    return { error: "trusted_proxies: must be networks such as 10.0.0.0/8,2001:db8::/32" };
  return {
    name: format,
    options: { keyFrom: from, trustedProxies: trusted === null || "bad" in trusted ? null : trusted },
  };
}

const note = () => undefined;

/** Reads a body in the format of a log, and its events as any others, letting others have their turn every few milliseconds. */
export async function acceptFormat(
  body: Buffer,
  { name, options }: AskedFormat,
  rules: EventRules,
): Promise<AcceptedEvents | RefusedBody> {
  let began = performance.now();
  const log = await readBodyOfLog(body, {
    open: (hear) => textReaderOf(name, { ...options, note: hear })!,
    mostRecords: MAX_EVENTS,
    mostFaults: MAX_ERRORS,
    pause: () => {
      if (performance.now() - began < SLICE_MS) return undefined;
      return new Promise((resolve) =>
        setImmediate(() => {
          began = performance.now();
          resolve();
        }),
      );
    },
  });
  if (log.read > MAX_EVENTS) return TOO_MANY;
  const events = await acceptInSlices(log.lines, "ndjson", rules);
  return events.kind === "refused" ? events : joined(log, events);
}

/** What ingest made of the events, with what reading the log came to: lines are records of the body. */
function joined(log: BodyOfLog, events: AcceptedEvents): AcceptedEvents {
  const faults = [...log.rejectedFor.values()].reduce((sum, count) => sum + count, 0);
  const refused = events.errors.map(({ line, reason }) => ({ line: log.records[line - 1] ?? line, reason }));
  const errors = [...log.faults, ...refused].toSorted((a, b) => a.line - b.line).slice(0, MAX_ERRORS);
  const rejectedByReason = new Map<string, number>(events.rejectedByReason);
  for (const [reason, count] of log.rejectedFor)
    rejectedByReason.set(reason, (rejectedByReason.get(reason) ?? 0) + count);
  const notes = new Map(events.notes);
  for (const [one, count] of log.notes)
    if (!NOT_WARNED.has(one)) notes.set(one as RecordNote, (notes.get(one as RecordNote) ?? 0) + count);
  if (log.repeated > 0) notes.set("repeated_record", log.repeated);
  const rejected = events.rejected + faults;
  return { ...events, rejected, errors, rejectedByReason, notes, heartbeat: log.read === 0 };
}
