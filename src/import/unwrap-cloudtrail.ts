import { hasEventName, isFields, type Fields } from "./cloudtrail-names.js";
import type { RejectReason } from "./wire-event.js";

/** Something that lies in a container: a record as it is, or what it is instead of one. */
export type Unwrapped = { readonly record: unknown } | { readonly rejected: RejectReason };

/** SNS in SQS around EventBridge around a record is five; what is nested deeper is no log. */
const DEEPEST = 10;
/** Lists of records, messages or rows: buckets, lookup-events, CloudWatch Logs, SQS, Elasticsearch. */
const LISTS = ["Records", "records", "Events", "events", "logEvents", "Messages", "QueryResultRows", "hits", "results"];
/** What a record is wrapped in: lookup-events, EventBridge, SNS, SQS, SIEMs. The first that holds JSON counts. */
const WRAPPERS = [
  "CloudTrailEvent",
  "detail",
  "Message",
  "Body",
  "body",
  "_raw",
  "event.original",
  "message",
  "log",
  "_source",
  "result",
  "data",
  "aws",
];

/** Every record in a value, however it was shipped: digests, insights and notifications are told by name. */
export function* unwrapCloudTrail(value: unknown, depth = 0): Generator<Unwrapped> {
  if (Array.isArray(value)) {
    for (const item of value) yield* unwrapCloudTrail(isRow(item) ? joinRow(item) : item, depth + 1);
    return;
  }
  if (!isFields(value) || depth > DEEPEST) {
    const parsed = depth > DEEPEST ? undefined : parseNested(value);
    if (parsed === undefined) yield { rejected: "not_a_record" };
    else yield* unwrapCloudTrail(parsed, depth + 1);
    return;
  }
  const named = nameOf(value);
  if (named !== undefined) {
    yield { rejected: named };
    return;
  }
  const inner = insideOf(value);
  if (inner === undefined) yield { record: value };
  else yield* unwrapCloudTrail(inner, depth + 1);
}

/** What AWS puts beside records, and is none. */
function nameOf(value: Fields): RejectReason | undefined {
  if ("digestS3Object" in value || "digestStartTime" in value || "digestEndTime" in value) return "digest_file";
  if (value["eventType"] === "AwsCloudTrailInsight" || value["eventCategory"] === "Insight") return "insight_event";
  if (value["messageType"] === "CONTROL_MESSAGE") return "control_message";
  const isOfS3 = value["eventSource"] === "aws:s3" || value["Event"] === "s3:TestEvent" || "s3ObjectKey" in value;
  return isOfS3 ? "s3_notification" : undefined;
}

/** What an object holds in place of being a record itself; undefined when it is the innermost. */
function insideOf(value: Fields): unknown {
  if (typeof value["CloudTrailEvent"] === "string") return parseNested(value["CloudTrailEvent"]) ?? "";
  if ("class_uid" in value || hasEventName(value)) return undefined;
  for (const name of LISTS) {
    const list = value[name];
    if (Array.isArray(list)) return list;
    if (name === "hits" && isFields(list)) return list;
  }
  const { event } = value;
  const inner = isFields(event) && "original" in event ? parseNested(event["original"]) : undefined;
  if (inner !== undefined) return inner;
  for (const name of WRAPPERS) {
    const wrapped = isFields(value[name]) ? value[name] : parseNested(value[name]);
    if (wrapped !== undefined) return wrapped;
  }
  return undefined;
}

/** JSON in a text, with or without a time before it; undefined where there is none. */
function parseNested(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  const start = value.search(/[[{]/);
  if (start < 0 || start > 64) return undefined;
  try {
    return JSON.parse(value.slice(start)) as unknown;
  } catch {
    return undefined;
  }
}

/** CloudTrail Lake gives a row as a list of its columns, each an object of one name. */
function isRow(item: unknown): item is readonly Fields[] {
  return (
    Array.isArray(item) && item.length > 1 && item.every((cell) => isFields(cell) && Object.keys(cell).length === 1)
  );
}

function joinRow(cells: readonly Fields[]): Fields {
  return Object.assign({}, ...cells) as Fields;
}
