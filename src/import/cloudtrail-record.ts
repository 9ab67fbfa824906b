import { cleanText } from "../text/clean-text.js";
import { EVENT_CAPS } from "../model/event/event-limits.js";
import { TEXT_CAPS } from "../text/text-caps.js";
import { canonicalRecord, eventTimeOf, isFields, text, type Fields } from "./cloudtrail-names.js";
import { statusOfErrorCode } from "./cloudtrail-status.js";
import { recordFromFlat } from "./flat-cloudtrail.js";
import { recordFromOcsf } from "./ocsf-cloudtrail.js";
import type { RejectReason, SameRequest, WireEvent } from "./wire-event.js";

/** AWS documents 16 to 128 word characters; what it hides (`HIDDEN_DUE_TO_SECURITY_REASONS`) and secrets have others than these. */
const ACCESS_KEY_ID = /^[A-Z0-9]{16,128}$/;

/** Longer than any address or service's name. */
const LONGEST_ADDRESS = 256;
const LONGEST_ARN = 256;

/** Services whose IAM prefix is not the name of their endpoint. */
const IAM_PREFIX: Readonly<Record<string, string>> = { monitoring: "cloudwatch", email: "ses", tagging: "tag" };

/**
 * One CloudTrail record as an event. Only the fields named here are taken over: request parameters, responses (with their
 * session tokens) and additional data never are, but for the number of bytes that went out.
 */
export function parseCloudTrailRecord(
  record: unknown,
):
  | { readonly event: WireEvent; readonly same?: SameRequest; readonly holder?: string }
  | { readonly rejected: RejectReason } {
  const fields = canonicalRecord(recordFromFlat(record) ?? recordFromOcsf(record) ?? record);
  if (fields === undefined || text(fields["eventName"]) === "") return { rejected: "not_a_record" };
  const identity = isFields(fields["userIdentity"]) ? fields["userIdentity"] : {};
  const keyId = text(identity["accessKeyId"]);
  if (keyId === "") return { rejected: "no_access_key_id" };
  if (!ACCESS_KEY_ID.test(keyId)) return { rejected: "bad_access_key_id" };
  const ts = eventTimeOf(fields["eventTime"]);
  if (ts === null) return { rejected: "bad_event_time" };
  const service = clean(fields["eventSource"], TEXT_CAPS.service);
  const operation = clean(fields["eventName"], TEXT_CAPS.route);
  const same = sameRequestOf(fields);
  const principal = principalOf(identity);
  const given = {
    id: clean(same?.replaces ?? fields["eventID"], TEXT_CAPS.id),
    source_ip: clean(fields["sourceIPAddress"], LONGEST_ADDRESS),
    method: methodOf(fields["readOnly"]),
    route: service === "" ? operation : `${service}/${operation}`,
    scope: scopeOf(service, operation),
    user_agent: clean(fields["userAgent"], TEXT_CAPS.user_agent),
    region: clean(fields["awsRegion"], TEXT_CAPS.region),
    service,
    principal: isShortLived(keyId, identity) ? principal : "",
  } satisfies Partial<WireEvent>;
  const bytes = bytesOf(fields["additionalEventData"]);
  const status = statusOfErrorCode(text(fields["errorCode"]));
  const event = { ts, key_id: keyId, status, ...withoutEmpty(given), ...(bytes === null ? {} : { bytes }) };
  const holder = "principal" in event || principal === "" ? {} : { holder: principal };
  return { event, ...holder, ...(same === undefined ? {} : { same }) };
}

/** What tells that two records are of one request: a VPC endpoint's record of it, or AWS's own correction. */
function sameRequestOf(fields: Fields): SameRequest | undefined {
  const { addendum } = fields;
  const original = isFields(addendum) ? text(addendum["originalEventID"]) : "";
  const ids = [text(fields["sharedEventID"]), text(fields["requestID"])].filter((id) => id !== "");
  const isEcho = fields["eventType"] === "AwsVpceEvent";
  if (original !== "") return { ids, isEcho, replaces: original };
  return ids.length === 0 ? undefined : { ids, isEcho };
}

/** Security Token Service mints keys that live for hours; their ids begin so. */
const SESSION_KEY = "ASIA";
/** The name of a session that is part of the ARN of an assumed role: each has another. */
const SESSION_NAME = /(?<=:assumed-role\/[^/]+)\/.*$/;

function isShortLived(keyId: string, identity: Fields): boolean {
  return keyId.startsWith(SESSION_KEY) || issuerOf(identity) !== "";
}

/** The lasting identity behind a key: the role that was assumed, else who it is. */
function principalOf(identity: Fields): string {
  const issuer = issuerOf(identity);
  const arn = issuer === "" ? text(identity["arn"]).replace(SESSION_NAME, "") : issuer;
  return arn.startsWith("arn:") ? clean(arn, LONGEST_ARN) : "";
}

function issuerOf(identity: Fields): string {
  const context = identity["sessionContext"];
  const issuer = isFields(context) ? context["sessionIssuer"] : undefined;
  return isFields(issuer) ? text(issuer["arn"]) : "";
}

function bytesOf(data: unknown): number | null {
  const bytes = isFields(data) ? data["bytesTransferredOut"] : undefined;
  return Number.isSafeInteger(bytes) && (bytes as number) >= 0 ? Math.min(bytes as number, EVENT_CAPS.bytes) : null;
}

function methodOf(readOnly: unknown): string {
  if (readOnly === true || readOnly === "true") return "read";
  return readOnly === false || readOnly === "false" ? "write" : "";
}

/** Left out rather than "": the same record makes the same bytes whichever way the log spells "none". */
function withoutEmpty(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name in fields) if (fields[name] !== "") kept[name] = fields[name]!;
  return kept;
}

/** The IAM action: `s3:GetObject`. API versions in Lambda's and CloudFront's event names are no part of it. */
function scopeOf(service: string, operation: string): string {
  const endpoint = service.replace(/\.amazonaws\.com(\.cn)?$/, "");
  if (endpoint === "") return "";
  const action = operation.replace(/(\d{8}(v\d+)?|\d{4}_\d{2}_\d{2})$/, "");
  return `${IAM_PREFIX[endpoint] ?? endpoint}:${action}`;
}

/** As long as ingest keeps: the rest would only make the body longer. */
function clean(value: unknown, cap: number): string {
  return cleanText(text(value), cap).text;
}
