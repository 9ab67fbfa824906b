import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf } from "../record/log-values.js";

/**
 * Analytics records as Tyk Pump writes them. `raw_request` and `raw_response` hold whole messages and are never looked at.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `time_stamp`, else `timestamp` |
 * | key_id | `key_hash`, else `alias` |
 * | key | `api_key` |
 * | source_ip | `ip_address` |
 * | route, method | `path` folded, `method` |
 * | status, latency_ms | `response_code`, `request_time` |
 * | service, user_agent | `api_name`, `user_agent` |
 */
export const tyk: LogFormat = {
  name: "tyk",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, (value) => "response_code" in value && "api_id" in value && "org_id" in value)
      ? "JSON with response_code, api_id and org_id"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("response_code" in all)) return { rejected: "not_a_record" };
    return buildEvent(
      {
        time: timeOf(all["time_stamp"] ?? all["timestamp"], options),
        keyId: firstText(all["key_hash"], all["alias"]),
        rawKey: all["api_key"],
        user: all["oauth_id"],
        header: (name) => headerOf(all, name),
        peer: all["ip_address"],
        method: all["method"],
        target: firstText(all["path"], all["raw_path"]),
        status: all["response_code"],
        latencyMs: all["request_time"],
        userAgent: all["user_agent"],
        service: firstText(all["api_name"], all["api_id"]),
      },
      options,
    );
  },
};
