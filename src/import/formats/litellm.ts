import type { Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { amountOf, fieldsOf, firstText, headerOf, textOf } from "../record/log-values.js";

/**
 * LiteLLM: rows of `LiteLLM_SpendLogs`, and the standard logging payload of its callbacks. Messages and answers are never looked at.
 *
 * | event | SpendLogs | standard payload |
 * | --- | --- | --- |
 * | ts | `endTime` (no zone: UTC) | `endTime` (seconds) |
 * | key_id | `api_key` (a hash) | `metadata.user_api_key_hash` |
 * | source_ip | `requester_ip_address` | `metadata.requester_ip_address` |
 * | route, scope | `call_type`/`model_group`, `model` | same |
 * | status | of a failure `error_code` or 500 | same |
 * | cost_usd, units | `spend`, `total_tokens` | `response_cost`, `total_tokens` |
 * | latency_ms | `request_duration_ms` | end - start |
 * | id, service | `request_id`, `custom_llm_provider` | `id`, `custom_llm_provider` |
 */
export const litellm: LogFormat = {
  name: "litellm",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(
      values,
      (value) => "call_type" in value && "endTime" in value && ("spend" in value || "response_cost" in value),
    )
      ? "JSON with call_type, endTime and what a call cost"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("call_type" in all) || !("endTime" in all)) return { rejected: "not_a_record" };
    return eventOf(all, metadataOf(all["metadata"]), options);
  },
};

function eventOf(all: Fields, metadata: Fields, options: ParseOptions): ParsedRecord {
  const model = textOf(all["model"]);
  const group = firstText(all["model_group"], model);
  const callType = textOf(all["call_type"]);
  return buildEvent(
    {
      time: timeOf(all["endTime"], options),
      keyId: firstText(all["api_key"], metadata["user_api_key_hash"], metadata["user_api_key"]),
      user: firstText(all["user"], metadata["user_api_key_user_id"], all["end_user"]),
      header: (name) => headerOf(metadata, name) || headerOf(all, name),
      peer: all["requester_ip_address"] ?? metadata["requester_ip_address"],
      id: all["request_id"] ?? all["id"],
      method: "POST",
      route: group === "" ? callType : `${callType}/${group}`,
      status: statusOf(all, metadata),
      scope: model,
      userAgent: metadata["user_agent"],
      service: all["custom_llm_provider"],
      latencyMs: latencyOf(all),
      costUsd: all["spend"] ?? all["response_cost"],
      units: all["total_tokens"],
    },
    options,
  );
}

function statusOf(all: Fields, metadata: Fields): number {
  if (firstText(all["status"], metadata["status"]) !== "failure") return 200;
  const information = fieldsOf(all["error_information"] ?? metadata["error_information"]);
  const code = amountOf(firstText(all["error_code"], information["error_code"]));
  return code !== undefined && code >= 400 && code <= 599 ? Math.floor(code) : 500;
}

function latencyOf(all: Fields): number | undefined {
  const given = amountOf(all["request_duration_ms"]);
  if (given !== undefined) return given;
  const [start, end] = [instantMs(all["startTime"]), instantMs(all["endTime"])];
  const latency = Math.round((end - start) * 1e3) / 1e3;
  return latency > 0 ? latency : undefined;
}

/** Of a payload seconds with a fraction, which a whole number of milliseconds would cut. */
function instantMs(value: unknown): number {
  if (typeof value === "number") return value * 1000;
  return typeof value === "string" && value.length <= 40 ? Date.parse(value.replace(" ", "T")) : NaN;
}

/** In the database the metadata is JSON in a text. */
function metadataOf(value: unknown): Fields {
  if (typeof value !== "string" || !value.startsWith("{")) return fieldsOf(value);
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return {};
  }
}
