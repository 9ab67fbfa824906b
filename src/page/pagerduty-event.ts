import type { AlertAction, NotificationKind, Severity } from "../model/incident/page.js";
import { shortenText } from "../text/shorten-text.js";

/** What an event says, in our words. Texts of any length: they are cut where PagerDuty's limits are. */
export interface PagerDutyEventInput {
  readonly action: AlertAction;
  /** What it is to people, where the action alone does not say it. */
  readonly notification?: NotificationKind;
  /** Who owns the keys that it is about, where it is about keys. */
  readonly owners?: readonly string[];
  /** At most 255 characters; never cut, because two keys cut to one would hide an incident. */
  readonly dedupKey: string;
  readonly summary: string;
  /** The affected thing, such as the key's id. */
  readonly source: string;
  readonly severity: Severity;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly component?: string;
  readonly group?: string;
  readonly class?: string;
  readonly customDetails: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly href: string; readonly text?: string }[];
  readonly client: string;
  readonly clientUrl?: string;
}

/** What a change event says: texts of any length. */
export type PagerDutyChangeInput = Pick<PagerDutyEventInput, "summary" | "source" | "at" | "customDetails" | "links">;

type Details = Readonly<Record<string, unknown>>;

const maxSummary = 1024;
// Not published for these fields; kept to what PagerDuty allows a dedup key.
const maxField = 255;
const maxDedupKey = 255;
// PagerDuty takes 512,000; the routing key and a margin are still to come.
const maxBytes = 500_000;
const maxHref = 2048;
const maxLinks = 20;
const maxOwners = 100;
// The note on dropped details, every character of it escaped.
const noteBytes = maxSummary * 6 + 100;
const blank = "(none)";

/**
 * The composed event as it stands in the outbox, as JSON text: an Events API v2 body without routing key, within every limit, without undefined fields or
 * half characters; and what PagerDuty takes no field for, which `fieldsForPagerDuty` leaves out.
 * @throws RangeError for a dedup key that is empty or longer than 255 characters, or an instant that is none.
 */
export function toPagerDutyEvent(input: PagerDutyEventInput): string {
  const { dedupKey, customDetails } = input;
  if (dedupKey === "" || dedupKey.length > maxDedupKey)
    throw new RangeError(`a dedup key has 1 to ${maxDedupKey} characters`);
  const dedup = whole(dedupKey);
  const details = wholeDetails(JSON.parse(JSON.stringify(customDetails))) as Details;
  const body = eventBody(input, dedup, details);
  const excess = Buffer.byteLength(body) - maxBytes;
  return excess <= 0 ? body : eventBody(input, dedup, withoutLargest(details, excess + noteBytes));
}

/** The body of a change event without routing key, as JSON text, within the limits of an event. */
export function toPagerDutyChange({ summary, source, at, customDetails, links }: PagerDutyChangeInput): string {
  return JSON.stringify({
    payload: {
      summary: cut(summary, maxSummary),
      source: cut(source, maxField),
      timestamp: new Date(at).toISOString(),
      custom_details: wholeDetails(JSON.parse(JSON.stringify(customDetails))),
    },
    links: fitLinks(links),
  });
}

function eventBody(input: PagerDutyEventInput, dedupKey: string, details: Details): string {
  const { component, group, class: kind, clientUrl } = input;
  return JSON.stringify({
    event_action: input.action,
    dedup_key: dedupKey,
    payload: {
      summary: cut(input.summary, maxSummary),
      source: cut(input.source, maxField),
      severity: input.severity,
      timestamp: new Date(input.at).toISOString(),
      ...(isBlank(component) ? {} : { component: cut(component, maxField) }),
      ...(isBlank(group) ? {} : { group: cut(group, maxField) }),
      ...(kind === undefined ? {} : { class: cut(kind, maxField) }),
      custom_details: details,
    },
    links: fitLinks(input.links),
    client: cut(input.client, maxField),
    ...(clientUrl === undefined || clientUrl.length > maxHref ? {} : { client_url: whole(clientUrl) }),
    ...(input.notification === undefined ? {} : { notification: input.notification }),
    ...(input.owners === undefined
      ? {}
      : { owners: input.owners.slice(0, maxOwners).map((one) => cut(one, maxField)) }),
  });
}

/** Of a composed event what PagerDuty is sent: what acknowledges or resolves goes by its dedup key alone. */
export function fieldsForPagerDuty(composed: object): object {
  const { notification: _kind, owners: _owners, ...event } = composed as Readonly<Record<string, unknown>>;
  const { event_action: action, dedup_key: dedupKey } = event;
  return action === "acknowledge" || action === "resolve" ? { event_action: action, dedup_key: dedupKey } : event;
}

/** What a key has none of is left out: PagerDuty takes no blank fields. */
function isBlank(text: string | undefined): text is undefined {
  return (text ?? "").trim() === "";
}

/** A cut or blank address leads nowhere: such a link is left out. */
function fitLinks(links: PagerDutyEventInput["links"]) {
  return links
    .filter(({ href }) => href.trim() !== "" && href.length <= maxHref)
    .slice(0, maxLinks)
    .map(toLink);
}

function toLink({ href, text }: { readonly href: string; readonly text?: string }) {
  return { href: whole(href), ...(text === undefined ? {} : { text: cut(text, maxField) }) };
}

/** At most so many code points, whole ones; never blank, because PagerDuty refuses blank fields. */
function cut(text: string, max: number): string {
  const short = shortenText(whole(text), max);
  return short.trim() === "" ? blank : short;
}

/** The text with U+FFFD for each half of a surrogate pair, which is what UTF-8 makes of it anyway. */
function whole(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

function wholeDetails(value: unknown): unknown {
  if (typeof value === "string") return whole(value);
  if (Array.isArray(value)) return value.map(wholeDetails);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [whole(name), wholeDetails(inner)]));
}

/** The details that are left when the largest are dropped to save so many bytes, and a note that names the dropped. */
function withoutLargest(details: Details, bytesToSave: number): Details {
  const bytesOf = ([name, value]: readonly [string, unknown]) => Buffer.byteLength(JSON.stringify({ [name]: value }));
  const bySize = Object.entries(details)
    .map((entry) => ({ entry, bytes: bytesOf(entry) - 1 })) // two braces fewer, one comma more
    .toSorted((one, other) => other.bytes - one.bytes);
  let saved = 0;
  const kept = bySize.filter(({ bytes }) => {
    if (saved >= bytesToSave) return true;
    saved += bytes;
    return false;
  });
  const keptNames = new Set(kept.map(({ entry }) => entry[0]));
  const dropped = Object.keys(details).filter((name) => !keptNames.has(name));
  const note = cut(`too large for PagerDuty, see the incident in Plimsoll: ${dropped.join(", ")}`, maxSummary);
  return {
    ...Object.fromEntries(Object.entries(details).filter(([name]) => keptNames.has(name))),
    dropped_details: note,
  };
}
