import { buildEvent } from "../record/build-event.js";
import { fieldNamed, idAmongFields, rawKeyAmongFields } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, textOf } from "../record/log-values.js";

/**
 * Envoy's and Istio's access log as JSON. A key is there only where `json_format` logs a header that names it.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `start_time` |
 * | key_id | `x_consumer_id`, `api_key_id`, … |
 * | key | query, `authorization`, `x_api_key`, … |
 * | source_ip | `downstream_remote_address` without its port, or trusted `x_forwarded_for` |
 * | route | `route_name` (not Istio's `default`), else `path`, folded |
 * | status | `response_code`; 0 is no answer: 499 |
 * | latency_ms, bytes, id | `duration`, `bytes_sent`, `request_id` |
 * | service | the last part of `upstream_cluster`, else `authority` |
 */
export const envoy: LogFormat = {
  name: "envoy",
  aliases: ["istio"],
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, (value) => isEnvoy(value) && ("response_flags" in value || "upstream_cluster" in value))
      ? "JSON with start_time, response_code and Envoy's response_flags or upstream_cluster"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("response_code" in all) && !("start_time" in all)) return { rejected: "not_a_record" };
    const route = textOf(all["route_name"]);
    // Istio calls clusters `outbound|80||cards.shop.svc.cluster.local`; an inbound one has no name at its end.
    const cluster = textOf(all["upstream_cluster"]);
    return buildEvent(
      {
        time: timeOf(all["start_time"], options),
        keyId: idAmongFields(all),
        rawKey: rawKeyAmongFields(all),
        header: (name) => fieldNamed(all, name),
        peer: all["downstream_remote_address"],
        forwarded: all["x_forwarded_for"],
        id: all["request_id"],
        method: all["method"],
        target: firstText(all["path"], all["x_envoy_original_path"]),
        route: route === "default" ? "" : route,
        status: all["response_code"],
        bytes: all["bytes_sent"],
        latencyMs: all["duration"],
        userAgent: all["user_agent"],
        service: firstText(cluster.slice(cluster.lastIndexOf("|") + 1), all["authority"]),
      },
      options,
    );
  },
};

const isEnvoy = withFields("start_time", "response_code");
