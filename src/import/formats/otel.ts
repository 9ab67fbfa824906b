import { isFields, type Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { timeOf } from "../record/log-time.js";
import { amountOf, fieldsOf, firstText, sumOf, textOf } from "../record/log-values.js";

/**
 * OpenTelemetry traces as OTLP JSON: spans with GenAI attributes (`gen_ai.*`). Prompts and answers in attributes and events are never looked at.
 *
 * | event | span |
 * | --- | --- |
 * | ts | `endTimeUnixNano` |
 * | key_id | an attribute of span or resource: `gen_ai.api_key.id`, `api_key.id`, `client.id`, `enduser.id`, `user.id`; else `service.name` |
 * | source_ip | `client.address` |
 * | route, scope | `gen_ai.operation.name`, else the first word of the span's name; `gen_ai.request.model` |
 * | status | `http.response.status_code`, else 500 for a failed span |
 * | cost_usd, units | `gen_ai.usage.cost`, sum of `gen_ai.usage.input_tokens` and `output_tokens` |
 * | latency_ms | end - start |
 * | id, service | `spanId`; `gen_ai.provider.name`, else `gen_ai.system` |
 */
export const otel: LogFormat = {
  name: "otel",
  records: "json",
  looksLike: ({ values }) =>
    values.some((value) => Array.isArray(value["resourceSpans"])) ? "OTLP JSON with resourceSpans" : null,
  unwrap: spansIn,
  parse(record, options) {
    if (!(record instanceof SpanOfResource)) return { rejected: "not_a_record" };
    const { span, resource } = record;
    const own = attributesOf(span["attributes"]);
    if (!Object.keys(own).some((name) => name.startsWith("gen_ai."))) return { rejected: "not_a_request" };
    const get = (name: string) => own[name] ?? resource[name];
    const named = firstText(...KEY_ATTRIBUTES.map(get));
    if (named === "" && options.keyFrom === null) options.note("key_is_service_name");
    const operation = firstText(own["gen_ai.operation.name"], textOf(span["name"]).slice(0, 256).split(" ", 1)[0]);
    const failed = fieldsOf(span["status"])["code"];
    const isFailed = failed === 2 || failed === "STATUS_CODE_ERROR";
    return buildEvent(
      {
        time: timeOf(span["endTimeUnixNano"], options),
        keyId: named === "" && options.keyFrom === null ? get("service.name") : named,
        user: firstText(get("enduser.id"), get("user.id")),
        header: get,
        peer: firstText(own["client.address"], own["network.peer.address"]),
        id: span["spanId"],
        route: operation,
        status: own["http.response.status_code"] ?? (isFailed ? 500 : undefined),
        scope: firstText(own["gen_ai.request.model"], own["gen_ai.response.model"]),
        userAgent: own["user_agent.original"],
        service: firstText(own["gen_ai.provider.name"], own["gen_ai.system"]),
        latencyMs: millisBetween(span["startTimeUnixNano"], span["endTimeUnixNano"]),
        costUsd: own["gen_ai.usage.cost"],
        units: sumOf([own["gen_ai.usage.input_tokens"], own["gen_ai.usage.output_tokens"]]),
      },
      options,
    );
  },
};

const KEY_ATTRIBUTES = ["gen_ai.api_key.id", "api_key.id", "api_key_id", "client.id", "enduser.id", "user.id"];

/** A span and what is known of who sent it. */
class SpanOfResource {
  readonly span: Fields;
  readonly resource: Fields;

  constructor(span: Fields, resource: Fields) {
    this.span = span;
    this.resource = resource;
  }
}

function* spansIn(value: unknown): Generator {
  const batches = listOf(fieldsOf(value)["resourceSpans"]);
  if (batches.length === 0) yield value;
  for (const batch of batches) {
    const resource = attributesOf(fieldsOf(fieldsOf(batch)["resource"])["attributes"]);
    for (const scope of listOf(fieldsOf(batch)["scopeSpans"])) {
      for (const span of listOf(fieldsOf(scope)["spans"]))
        yield isFields(span) ? new SpanOfResource(span, resource) : span;
    }
  }
}

function attributesOf(list: unknown): Fields {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const one of listOf(list)) {
    const { key, value } = fieldsOf(one);
    const { stringValue, intValue, doubleValue, boolValue } = fieldsOf(value);
    if (typeof key === "string") found[key] = stringValue ?? intValue ?? doubleValue ?? boolValue;
  }
  return found;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function millisBetween(start: unknown, end: unknown): number | undefined {
  const [from, to] = [amountOf(start), amountOf(end)];
  return from === undefined || to === undefined || to < from ? undefined : Math.round((to - from) / 1e3) / 1e3;
}
