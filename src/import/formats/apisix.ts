import { buildEvent } from "../record/build-event.js";
import { idAmongHeaders, rawKeyAmongHeaders } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, headerOf, firstText } from "../record/log-values.js";

/**
 * What Apache APISIX's `http-logger` and its other loggers write.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `start_time` (ms) |
 * | key_id | `consumer.username` |
 * | key | query, `request.headers`: `apikey`, `x-api-key`, `authorization`, … |
 * | source_ip | `client_ip` |
 * | route | `route_id`, else `request.uri` folded |
 * | status, bytes | `response.status`, `response.size` |
 * | latency_ms, service | `latency`, `service_id` |
 */
export const apisix: LogFormat = {
  name: "apisix",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, withFields("start_time", "client_ip", "request", "response"))
      ? "JSON with start_time, client_ip, request and response"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    const request = fieldsOf(all["request"]);
    if (!("start_time" in all && "request" in all)) return { rejected: "not_a_record" };
    const { headers } = request;
    const response = fieldsOf(all["response"]);
    const user = fieldsOf(all["consumer"])["username"];
    return buildEvent(
      {
        time: timeOf(all["start_time"], options),
        keyId: firstText(user, idAmongHeaders(headers)),
        rawKey: rawKeyAmongHeaders(headers),
        user,
        header: (name) => headerOf(headers, name),
        peer: all["client_ip"],
        method: request["method"],
        target: request["uri"],
        route: all["route_id"],
        status: response["status"],
        bytes: response["size"],
        latencyMs: all["latency"],
        userAgent: headerOf(headers, "user-agent"),
        service: all["service_id"],
      },
      options,
    );
  },
};
