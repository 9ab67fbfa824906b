/** An event as the Events API v2 takes it, after it was found valid. */
export interface ReceivedEvent {
  readonly routing_key: string;
  readonly event_action?: "trigger" | "acknowledge" | "resolve";
  readonly dedup_key?: string;
  readonly payload?: Readonly<Record<string, unknown>> & { readonly summary: string };
  readonly [field: string]: unknown;
}

/** What PagerDuty accepts, with what it would say about the rest. */
export type Validation =
  | { readonly ok: true; readonly event: ReceivedEvent }
  | { readonly ok: false; readonly errors: readonly string[] };

type Fields = Readonly<Record<string, unknown>>;

const maxBodyBytes = 512_000;
const maxSummary = 1024;
const maxDedupKey = 255;
const severities = ["critical", "warning", "error", "info"];
const actions = ["trigger", "acknowledge", "resolve"];

/** Checks a request body by the rules of POST /v2/enqueue (`change: false`) or /v2/change/enqueue. */
export function parseEvent(body: Buffer, change: boolean): Validation {
  if (body.byteLength > maxBodyBytes) return { ok: false, errors: [`event is larger than ${maxBodyBytes} bytes`] };
  let event: unknown;
  try {
    event = JSON.parse(body.toString("utf8"));
  } catch {
    return { ok: false, errors: ["JSON parse error"] };
  }
  if (!isFields(event)) return { ok: false, errors: ["event is not an object"] };
  const errors = [
    ...routingKeyErrors(event),
    ...(change ? changeErrors(event) : alertErrors(event)),
    ...linkErrors(event),
  ];
  return errors.length === 0 ? { ok: true, event: event as ReceivedEvent } : { ok: false, errors };
}

function routingKeyErrors({ routing_key: key }: Fields): string[] {
  if (typeof key !== "string") return ["'routing_key' is missing or blank"];
  if (key.length !== 32) return ["Length of 'routing_key' is incorrect (should be 32 characters)"];
  return /^[A-Za-z0-9]+$/.test(key) ? [] : ["'routing_key' contains non-alphanumerics"];
}

function alertErrors(event: Fields): string[] {
  const { event_action: action, dedup_key: key, payload } = event;
  const errors: string[] = [];
  if (typeof action !== "string" || !actions.includes(action)) {
    errors.push(`'event_action' is invalid (must be one of ${actions.join(", ")})`);
  }
  if (key !== undefined && (typeof key !== "string" || key.length > maxDedupKey)) {
    errors.push(`'dedup_key' is invalid (a string of at most ${maxDedupKey} characters)`);
  }
  if (action !== "trigger")
    return key === undefined || key === "" ? [...errors, "'dedup_key' is missing or blank"] : errors;
  if (!isFields(payload)) return [...errors, "'payload' is missing or blank"];
  errors.push(...summaryErrors(payload), ...optionalTexts(event, ["client", "client_url"], ""));
  if (!isText(payload["source"])) errors.push("'payload.source' is missing or blank");
  if (!severities.includes(payload["severity"] as string)) {
    errors.push(`'payload.severity' is invalid (must be one of ${severities.join(", ")})`);
  }
  return [...errors, ...optionalTexts(payload, ["component", "group", "class"], "payload."), ...detailErrors(payload)];
}

function changeErrors({ payload }: Fields): string[] {
  if (!isFields(payload)) return ["'payload' is missing or blank"];
  return [...summaryErrors(payload), ...optionalTexts(payload, ["source"], "payload."), ...detailErrors(payload)];
}

function summaryErrors({ summary }: Fields): string[] {
  if (!isText(summary)) return ["'payload.summary' is missing or blank"];
  return Array.from(summary).length > maxSummary
    ? [`'payload.summary' is too long (at most ${maxSummary} characters)`]
    : [];
}

function detailErrors({ timestamp, custom_details: details }: Fields): string[] {
  const errors: string[] = [];
  const isDate =
    typeof timestamp === "string" && /^\d{4}-\d\d-\d\dT/.test(timestamp) && !Number.isNaN(Date.parse(timestamp));
  if (timestamp !== undefined && !isDate) errors.push("'payload.timestamp' is invalid (must be ISO 8601)");
  if (details !== undefined && !isFields(details))
    errors.push("'payload.custom_details' is invalid (must be an object)");
  return errors;
}

function linkErrors({ links = [], images = [] }: Fields): string[] {
  const isLink = (link: unknown) => isFields(link) && isText(link["href"]) && isOptionalText(link["text"]);
  const isImage = (image: unknown) =>
    isFields(image) &&
    typeof image["src"] === "string" &&
    image["src"].startsWith("https://") &&
    isOptionalText(image["href"]) &&
    isOptionalText(image["alt"]);
  const errors: string[] = [];
  if (!Array.isArray(links) || !links.every(isLink)) errors.push("'links' is invalid (a list of {href, text?})");
  if (!Array.isArray(images) || !images.every(isImage))
    errors.push("'images' is invalid (a list of {src: https, href?, alt?})");
  return errors;
}

function optionalTexts(fields: Fields, names: readonly string[], prefix: string): string[] {
  return names
    .filter((name) => !isOptionalText(fields[name]))
    .map((name) => `'${prefix}${name}' is invalid (must be a string)`);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
