import type { OptionalField } from "./other-names.js";

/** What was noticed of an event that was taken all the same: a stable name for answers, metrics and `/coverage`. */
export type EventNote =
  | "address_list"
  | "not_an_address"
  | "no_address"
  | "ts_in_seconds"
  | "ts_in_microseconds"
  | "ts_in_nanoseconds"
  | "status_zero"
  | "old_and_no_history"
  | MisspeltNote;

/** A field that is missing where another that probably means it is there. */
export type MisspeltNote = `misspelt_${OptionalField}`;

/** How records of a log were read that became events all the same. */
export type RecordNote =
  | "forwarded_for_ignored"
  | "time_without_zone_as_utc"
  | "key_is_service_name"
  | "no_status_as_499"
  | "repeated_record";

/** One kind of thing that the sender should know of a body that was accepted. */
export interface BodyWarning {
  readonly warning: EventNote | RecordNote | "repeated_id";
  /** How many of the accepted events. */
  readonly events: number;
  /** The field, what became of it and the fix; never what was sent. */
  readonly message: string;
}

const MESSAGES: Readonly<Record<Exclude<BodyWarning["warning"], MisspeltNote>, string>> = {
  address_list:
    "source_ip: a list of addresses, stored as no address, since a client can forge all but the one that your own proxy added: send only that one",
  not_an_address: "source_ip: not an IP address, stored as no address: networks cannot be judged for these events",
  no_address: "source_ip: missing: networks cannot be judged for these events",
  ts_in_seconds: "ts: read as epoch seconds: send RFC 3339 or epoch milliseconds",
  ts_in_microseconds: "ts: read as epoch microseconds: send RFC 3339 or epoch milliseconds",
  ts_in_nanoseconds: "ts: read as epoch nanoseconds: send RFC 3339 or epoch milliseconds",
  status_zero:
    "status: 0 is not an HTTP status, stored as 499 (client closed the request), which does not count as served",
  old_and_no_history:
    "ts: more than a day old, from a token for live events: counted, but keys and networks count as known from a day before they came at most, so that this founds no history: load the past with an admin token (docs/loading-history.md)",
  forwarded_for_ignored: "X-Forwarded-For: not believed: trusted_proxies says whose is",
  time_without_zone_as_utc: "time: without a zone, read as UTC",
  key_is_service_name: "key_id: no attribute names a key, service.name was taken: give key_from=header:<attribute>",
  no_status_as_499: "status: no answer, stored as 499 (client closed the request), which does not count as served",
  repeated_record: "another record of the same request is in this body: counted once",
  repeated_id:
    "id: seen before within 24 hours, in another body or earlier in this one: not counted again (PLIMSOLL_DEDUPLICATE_IDS)",
};

/** What to tell the sender, the most frequent first. */
export function warningsOf(notes: ReadonlyMap<BodyWarning["warning"], number>): BodyWarning[] {
  return [...notes]
    .filter(([, events]) => events > 0)
    .toSorted(([, one], [, other]) => other - one)
    .map(([warning, events]) => ({ warning, events, message: messageOf(warning) }));
}

/** The name that was sent may be a secret: only the field that it probably means is said. */
function messageOf(warning: BodyWarning["warning"]): string {
  if (!isMisspelt(warning)) return MESSAGES[warning];
  const field = warning.slice(MISSPELT.length);
  return `${field}: missing, while a field that probably means it is there under another name, which is not read: send it as ${field}`;
}

const MISSPELT = "misspelt_";
const isMisspelt = (warning: BodyWarning["warning"]): warning is MisspeltNote => warning.startsWith(MISSPELT);
