import { misspeltFields } from "../model/event/misspelt-field.js";
import { readEventInstant } from "../model/event/read-event-instant.js";
import { isFields } from "./cloudtrail-names.js";
import { readJsonPieces } from "./read-json-pieces.js";
import { unreadFor } from "./read-text.js";
import type { ParseOptions } from "./record/log-format.js";
import type { ImportedRecord, WireEvent } from "./wire-event.js";

/** The fields of an event that ingest knows: what else a line holds stays where it is. */
const FIELDS: readonly (keyof WireEvent)[] = [
  "key_id",
  "key",
  "id",
  "source_ip",
  "method",
  "route",
  "status",
  "latency_ms",
  "bytes",
  "cost_usd",
  "units",
  "count",
  "bucket_minutes",
  "observed_by",
  "scope",
  "user_agent",
  "tls_fingerprint",
  "principal",
  "parent_key_id",
  "region",
  "service",
];

/** Events as `POST /v1/events` takes them, one a line or in lists; ingest judges all but their time, and what names it would not have read. */
export async function* readNdjsonEvents(
  file: string,
  text: AsyncGenerator<string>,
  note: ParseOptions["note"],
): AsyncGenerator<ImportedRecord> {
  let record = 0;
  const next = () => ({ file, record: ++record });
  try {
    for await (const some of readJsonPieces(text)) {
      for (const piece of some) {
        if ("problem" in piece) yield { rejected: piece.problem, from: next() };
        else for (const one of [piece.value].flat()) yield { ...parseEvent(one, note), from: next() };
      }
    }
  } catch (error) {
    yield { rejected: unreadFor(error), from: next() };
  }
}

function parseEvent(
  value: unknown,
  note: ParseOptions["note"],
): { readonly event: WireEvent } | { readonly rejected: "not_an_event" | "bad_event_time" } {
  if (!isFields(value) || (value["key_id"] ?? value["key"]) === undefined) return { rejected: "not_an_event" };
  const at = readEventInstant(value["ts"])?.at;
  if (at === undefined || !(Math.abs(at) < 8.64e15)) return { rejected: "bad_event_time" };
  for (const field of misspeltFields(value)) note(`misspelt_${field}`);
  const given = FIELDS.flatMap((name) => (value[name] === undefined ? [] : [[name, value[name]] as const]));
  return { event: { ts: new Date(at).toISOString(), ...(Object.fromEntries(given) as Partial<WireEvent>) } };
}
