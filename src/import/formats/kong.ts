import { buildEvent } from "../record/build-event.js";
import { idAmongHeaders, rawKeyAmongHeaders } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf } from "../record/log-values.js";

/**
 * What Kong's `http-log`, `file-log` and their like write.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `started_at` (ms) |
 * | key_id | `authenticated_entity.id`, else `consumer.id` |
 * | key | query, `request.headers`: `apikey`, `x-api-key`, `authorization`, … (Kong writes REDACTED) |
 * | source_ip | `client_ip` |
 * | route | `route.paths[0]`, else `route.name`, else `request.uri` folded |
 * | status, bytes | `response.status`, `response.size` |
 * | latency_ms | `latencies.request` |
 * | id, service | `request.id`, `service.name` |
 */
export const kong: LogFormat = {
  name: "kong",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, withFields("started_at", "latencies", "request"))
      ? "JSON with started_at, latencies and request"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    const request = fieldsOf(all["request"]);
    if (!("started_at" in all)) return { rejected: "not_a_record" };
    const { headers } = request;
    const response = fieldsOf(all["response"]);
    const route = fieldsOf(all["route"]);
    const consumer = fieldsOf(all["consumer"]);
    return buildEvent(
      {
        time: timeOf(all["started_at"], options),
        keyId: firstText(fieldsOf(all["authenticated_entity"])["id"], consumer["id"], idAmongHeaders(headers)),
        rawKey: rawKeyAmongHeaders(headers),
        user: firstText(consumer["username"], consumer["custom_id"]),
        header: (name) => headerOf(headers, name),
        peer: all["client_ip"],
        id: request["id"],
        method: request["method"],
        target: request["uri"],
        route: firstText(route["paths"], route["name"]),
        status: response["status"],
        bytes: response["size"],
        latencyMs: fieldsOf(all["latencies"])["request"],
        userAgent: headerOf(headers, "user-agent"),
        service: fieldsOf(all["service"])["name"],
      },
      options,
    );
  },
};
