import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf } from "../record/log-values.js";

/**
 * CloudEvents as OpenMeter takes them, one or a list.
 *
 * | event | record |
 * | --- | --- |
 * | ts, id | `time`, `id` |
 * | key_id | `subject` |
 * | route, scope | `type`; `data.model` |
 * | method | `data.method` |
 * | units | `data.tokens`, else `total_tokens`, `units`, `quantity`, `value` of `data` |
 * | cost_usd | `data.cost_usd`, else `data.cost` |
 * | latency_ms, status, source_ip | `data.duration_ms`, `data.status`, `data.source_ip` or `client_ip` |
 * | service | `source` |
 */
export const cloudEvents: LogFormat = {
  name: "cloudevents",
  aliases: ["openmeter"],
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, withFields("specversion", "type", "source")) ? "JSON with specversion, type and source" : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("specversion" in all)) return { rejected: "not_a_record" };
    const data = fieldsOf(all["data"]);
    return buildEvent(
      {
        time: timeOf(all["time"], options),
        keyId: all["subject"],
        header: (name) => headerOf(data, name) || headerOf(all, name),
        user: firstText(data["user"], data["user_id"]),
        peer: firstText(data["source_ip"], data["client_ip"]),
        id: all["id"],
        method: data["method"],
        route: all["type"],
        status: data["status"],
        scope: data["model"],
        userAgent: data["user_agent"],
        service: all["source"],
        latencyMs: data["duration_ms"],
        costUsd: data["cost_usd"] ?? data["cost"],
        units: data["tokens"] ?? data["total_tokens"] ?? data["units"] ?? data["quantity"] ?? data["value"],
      },
      options,
    );
  },
};
