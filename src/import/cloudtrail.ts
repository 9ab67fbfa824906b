import { cleanText } from "../model/clean-text.js";
import { TEXT_CAPS } from "../model/text-caps.js";
import { recordFromFlat } from "./flat-cloudtrail.js";
import { readJsonPieces } from "./read-json-pieces.js";
import type { ImportedRecord, RejectReason, WireEvent } from "./wire-event.js";

/** AWS documents 16 to 128 word characters; what it hides (`HIDDEN_DUE_TO_SECURITY_REASONS`) and secrets have others than these. */
const ACCESS_KEY_ID = /^[A-Z0-9]{16,128}$/;

/** CloudTrail writes UTC, `2023-07-10T11:45:00Z`; with fractions in some exports. */
const EVENT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** Longer than any address or service's name. */
const LONGEST_ADDRESS = 256;

const DENIED =
  /^(AccessDenied|AccessDeniedException|UnauthorizedOperation|UnauthorizedAccess|NotAuthorized|NotAuthorizedException)$/;
/** Rates only: `VcpuLimitExceeded` and its like are quotas of what exists. */
const THROTTLED =
  /Throttl|^(RequestLimitExceeded|TooManyRequests(Exception)?|SlowDown|ProvisionedThroughputExceeded.*)$/;

/** Services whose IAM prefix is not the name of their endpoint. */
const IAM_PREFIX: Readonly<Record<string, string>> = { monitoring: "cloudwatch", email: "ses", tagging: "tag" };

/**
 * The events of one CloudTrail file, in its order: `Records` documents, single records one a line, or arrays of them.
 * A file that breaks off ends in one rejected record; what stood before it is kept.
 */
export async function* readCloudTrail(file: string): AsyncGenerator<ImportedRecord> {
  let record = 0;
  const next = () => ({ file, record: ++record });
  try {
    for await (const piece of readJsonPieces(file)) {
      if ("problem" in piece) yield { rejected: piece.problem, from: next() };
      else for (const one of recordsOf(piece.value)) yield { ...parseCloudTrailRecord(one), from: next() };
    }
  } catch {
    yield { rejected: "unreadable_file", from: next() };
  }
}

/**
 * One CloudTrail record as an event. Only the fields named here are taken over: request parameters, responses (with their
 * session tokens) and additional data never are.
 */
export function parseCloudTrailRecord(
  record: unknown,
): { readonly event: WireEvent } | { readonly rejected: RejectReason } {
  const fields = recordFromFlat(record) ?? record;
  if (!isObject(fields) || text(fields["eventName"]) === "") return { rejected: "not_a_record" };
  const identity = fields["userIdentity"];
  const keyId = isObject(identity) ? text(identity["accessKeyId"]) : "";
  if (keyId === "") return { rejected: "no_access_key_id" };
  if (!ACCESS_KEY_ID.test(keyId)) return { rejected: "bad_access_key_id" };
  const ts = text(fields["eventTime"]);
  if (!EVENT_TIME.test(ts) || Number.isNaN(Date.parse(ts))) return { rejected: "bad_event_time" };
  const service = clean(fields["eventSource"], TEXT_CAPS.service);
  const operation = clean(fields["eventName"], TEXT_CAPS.route);
  const given = {
    id: clean(fields["eventID"], TEXT_CAPS.id),
    source_ip: clean(fields["sourceIPAddress"], LONGEST_ADDRESS),
    method: typeof fields["readOnly"] === "boolean" ? (fields["readOnly"] ? "read" : "write") : "",
    route: service === "" ? operation : `${service}/${operation}`,
    scope: scopeOf(service, operation),
    user_agent: clean(fields["userAgent"], TEXT_CAPS.user_agent),
    region: clean(fields["awsRegion"], TEXT_CAPS.region),
    service,
  } satisfies Partial<WireEvent>;
  return { event: { ts, key_id: keyId, status: statusOf(text(fields["errorCode"])), ...withoutEmpty(given) } };
}

/** Left out rather than "": the same record makes the same bytes whichever way the log spells "none". */
function withoutEmpty(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function recordsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isObject(value) && Array.isArray(value["Records"])) return value["Records"];
  return [value];
}

function statusOf(errorCode: string): number {
  const code = errorCode.replace(/^(Client|Server)\./, "");
  if (code === "") return 200;
  if (DENIED.test(code)) return 403;
  return THROTTLED.test(code) ? 429 : 400;
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

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
