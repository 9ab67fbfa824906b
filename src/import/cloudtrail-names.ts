import { readEventInstant } from "../model/event/read-event-instant.js";
import { parseInstant } from "../model/parse-instant.js";

/** CloudTrail's own names by how tables, exports and consoles write them: small letters, without marks between words. */
const NAMES = new Map(
  [
    "eventTime",
    "eventID",
    "eventSource",
    "eventName",
    "eventType",
    "eventCategory",
    "errorCode",
    "sourceIPAddress",
    "userAgent",
    "awsRegion",
    "userIdentity",
    "accessKeyId",
    "arn",
    "readOnly",
    "requestID",
    "sharedEventID",
    "addendum",
    "additionalEventData",
    "sessionContext",
    "sessionIssuer",
  ].map((name) => [fold(name), name] as const),
)
  .set("awsaccesskey", "accessKeyId")
  .set("useridentityaccesskeyid", "accessKeyId")
  .set("useridentityarn", "arn");

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[_\s.]/g, "");
}

/** True when some field says which operation it was: then it is a record, not what records are shipped in. */
export function hasEventName(value: Fields): boolean {
  return "eventName" in value || Object.keys(value).some((name) => fold(name) === "eventname");
}

/** An object whose fields can be asked for by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A record under CloudTrail's own names, whatever table or export it went through; undefined when it is none. */
export function canonicalRecord(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined;
  const record = text(value["eventName"]) === "" ? renamed(value) : value;
  if (!("eventName" in record)) return undefined;
  const identity = identityOf(record["userIdentity"]) ?? {};
  // A flat table has the identity's fields beside the record's own.
  const { accessKeyId, arn } = record;
  return { ...record, userIdentity: { accessKeyId, arn, ...identity } };
}

function identityOf(value: unknown): Fields | undefined {
  if (typeof value === "string") return value.trimStart().startsWith("{") ? parseIdentityText(value) : undefined;
  if (!isFields(value)) return undefined;
  const identity = renamed(value);
  const context = identity["sessionContext"];
  if (!isFields(context)) return identity;
  const issuer = renamed(context)["sessionIssuer"];
  return { ...identity, sessionContext: { sessionIssuer: isFields(issuer) ? renamed(issuer) : undefined } };
}

/** An identity as Athena and CloudTrail Lake print it: JSON, or `{type=IAMUser, …, accesskeyid=AKIA…}`. Names in it hold no blank, so `, ` parts its fields. */
function parseIdentityText(value: string): Fields | undefined {
  try {
    const parsed = JSON.parse(value) as unknown;
    return isFields(parsed) ? identityOf(parsed) : undefined;
  } catch {
    const field = (name: string, within = value) => new RegExp(`[{ ]${name}=([^,{}\\s]+)`).exec(within)?.[1];
    const issuer = /sessionissuer=\{([^{}]*)\}/.exec(value)?.[0];
    const sessionIssuer = issuer === undefined ? undefined : { arn: field("arn", issuer) };
    return { accessKeyId: known(field("accesskeyid")), arn: known(field("arn")), sessionContext: { sessionIssuer } };
  }
}

const known = (value: string | undefined) => (value === "null" ? undefined : value);

/** Names repeat from record to record: so many are known without a second look. */
const knownNames = new Map<string, string>();
const MOST_KNOWN = 4096;

function canonicalName(name: string): string {
  let canonical = knownNames.get(name);
  if (canonical === undefined) {
    canonical = NAMES.get(fold(name)) ?? name;
    if (knownNames.size < MOST_KNOWN) knownNames.set(name, canonical);
  }
  return canonical;
}

function renamed(value: Fields): Fields {
  const names = Object.keys(value);
  // As CloudTrail itself writes them: most records are so.
  if (names.every((name) => canonicalName(name) === name)) return value;
  const pairs = names.map((name) => [canonicalName(name), value[name]] as const);
  return { ...Object.fromEntries(pairs), ...ownNames(value) };
}

/** What has its right name already is not replaced by another spelling of it. */
function ownNames(value: Fields): Fields {
  return Object.fromEntries(Object.entries(value).filter(([name]) => NAMES.get(fold(name)) === name));
}

/** A time as CloudTrail and its exports write it: RFC 3339, without a zone (UTC), or since the epoch; as RFC 3339, null when it is none. */
export function eventTimeOf(value: unknown): string | null {
  if (typeof value === "string") {
    const bare = value.trim().replace(/ UTC$/, "Z");
    const withZone = /(?:[Zz]|[+-]\d\d:?\d\d)$/.test(bare) || /^\d+(\.\d+)?$/.test(bare) ? bare : `${bare}Z`;
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(withZone) && parseInstant(withZone) !== undefined) {
      return withZone;
    }
    return isoOf(withZone.replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  }
  return isoOf(value);
}

function isoOf(value: unknown): string | null {
  const at = readEventInstant(value)?.at;
  return at === undefined || !(Math.abs(at) < 8.64e15) ? null : new Date(at).toISOString();
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text, or "" for anything else. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
