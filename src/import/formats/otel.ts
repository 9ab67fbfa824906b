import { isFields, type Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "../record/log-format.js";
import { timeOf } from "../record/log-time.js";
import { amountOf, fieldsOf, firstText, sumOf, textOf } from "../record/log-values.js";
import { addressInAttributes, isHttpRequest, keyInAttributes, requestInAttributes } from "../record/otel-request.js";
import { attributesOf, listOf } from "../record/otlp-values.js";

/**
 * OpenTelemetry traces and logs as OTLP JSON: spans with GenAI attributes (`gen_ai.*`), spans of a server and log records with HTTP attributes.
 * Prompts and answers in attributes, events and bodies are never looked at.
 *
 * | event | GenAI span | server's span, log record |
 * | --- | --- | --- |
 * | ts | `endTimeUnixNano` | span: the same; log: `timeUnixNano`, else `observedTimeUnixNano` |
 * | key_id | an attribute of span or resource: `gen_ai.api_key.id`, `api_key.id`, `client.id`, `enduser.id`, `user.id`; else `service.name` | the same, without `service.name`; `http.request.header.x-consumer-id`, … |
 * | key | `http.request.header.x-api-key`, …`.authorization` | the same, and the query of `url.query`, `url.full` |
 * | source_ip | `client.address`, else `network.peer.address` | the same, or trusted `http.request.header.x-forwarded-for` |
 * | route, scope | `gen_ai.operation.name`, else the first word of the span's name; `gen_ai.request.model` | `http.route`, else `url.path` folded |
 * | status | `http.response.status_code`, else 500 for a failed span | `http.response.status_code` |
 * | cost_usd, units | `gen_ai.usage.cost`, sum of `gen_ai.usage.input_tokens` and `output_tokens` | |
 * | latency_ms | end - start | span: the same |
 * | id, service | `spanId`; `gen_ai.provider.name`, else `gen_ai.system` | `spanId`, log: `log.record.uid`; `service.name` |
 */
export const otel: LogFormat = {
  name: "otel",
  records: "json",
  looksLike({ values }) {
    const found = ["resourceSpans", "resourceLogs"].find((name) => values.some((value) => Array.isArray(value[name])));
    return found === undefined ? null : `OTLP JSON with ${found}`;
  },
  unwrap: recordsIn,
  parse(record, options) {
    if (!(record instanceof OfResource)) return { rejected: "not_a_record" };
    const own = attributesOf(record.fields["attributes"]);
    return record.isSpan ? eventOfSpan(record, own, options) : eventOfLog(record, own, options);
  },
};

/** A span or log record, and what is known of who sent it. */
class OfResource {
  readonly fields: Fields;
  readonly resource: Fields;
  readonly isSpan: boolean;

  constructor(fields: Fields, resource: Fields, isSpan: boolean) {
    this.fields = fields;
    this.resource = resource;
    this.isSpan = isSpan;
  }
}

function* recordsIn(value: unknown): Generator {
  const { resourceSpans, resourceLogs } = fieldsOf(value);
  if (!Array.isArray(resourceSpans) && !Array.isArray(resourceLogs)) yield value;
  yield* within(resourceSpans, "scopeSpans", "spans");
  yield* within(resourceLogs, "scopeLogs", "logRecords");
}

function* within(batches: unknown, scopes: string, records: "spans" | "logRecords"): Generator {
  for (const batch of listOf(batches)) {
    const resource = attributesOf(fieldsOf(fieldsOf(batch)["resource"])["attributes"]);
    for (const scope of listOf(fieldsOf(batch)[scopes])) {
      for (const one of listOf(fieldsOf(scope)[records]))
        yield isFields(one) ? new OfResource(one, resource, records === "spans") : one;
    }
  }
}

function eventOfSpan({ fields: span, resource }: OfResource, own: Fields, options: ParseOptions): ParsedRecord {
  const times = {
    time: timeOf(span["endTimeUnixNano"], options),
    latencyMs: millisBetween(span["startTimeUnixNano"], span["endTimeUnixNano"]),
    id: span["spanId"],
  };
  if (Object.keys(own).some((name) => name.startsWith("gen_ai."))) {
    return buildEvent({ ...times, ...genAiCall(span, own, resource, options) }, options);
  }
  const isOfServer = span["kind"] === 2 || span["kind"] === "SPAN_KIND_SERVER";
  if (!isOfServer || !isHttpRequest(own)) return { rejected: "not_a_request" };
  return buildEvent({ ...requestInAttributes(own, resource, options), ...times }, options);
}

function eventOfLog({ fields: log, resource }: OfResource, own: Fields, options: ParseOptions): ParsedRecord {
  if (!isHttpRequest(own)) return { rejected: "not_a_request" };
  // An unknown time is written as 0.
  const isTimed = textOf(log["timeUnixNano"]).length > 1;
  return buildEvent(
    {
      ...requestInAttributes(own, resource, options),
      time: timeOf(isTimed ? log["timeUnixNano"] : log["observedTimeUnixNano"], options),
      id: own["log.record.uid"],
    },
    options,
  );
}

function genAiCall(span: Fields, own: Fields, resource: Fields, options: ParseOptions) {
  const key = keyInAttributes(own, resource);
  const isNamed = key.keyId !== "" || key.rawKey !== "" || options.keyFrom !== null;
  if (!isNamed) options.note("key_is_service_name");
  const failed = fieldsOf(span["status"])["code"];
  const isFailed = failed === 2 || failed === "STATUS_CODE_ERROR";
  return {
    ...key,
    keyId: isNamed ? key.keyId : resource["service.name"],
    ...addressInAttributes(own, options),
    route: firstText(own["gen_ai.operation.name"], textOf(span["name"]).slice(0, 256).split(" ", 1)[0]),
    status: own["http.response.status_code"] ?? (isFailed ? 500 : undefined),
    scope: firstText(own["gen_ai.request.model"], own["gen_ai.response.model"]),
    userAgent: own["user_agent.original"],
    service: firstText(own["gen_ai.provider.name"], own["gen_ai.system"]),
    costUsd: own["gen_ai.usage.cost"],
    units: sumOf([own["gen_ai.usage.input_tokens"], own["gen_ai.usage.output_tokens"]]),
  };
}

function millisBetween(start: unknown, end: unknown): number | undefined {
  const [from, to] = [amountOf(start), amountOf(end)];
  return from === undefined || to === undefined || to < from ? undefined : Math.round((to - from) / 1e3) / 1e3;
}
