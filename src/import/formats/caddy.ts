import { buildEvent } from "../record/build-event.js";
import { idAmongHeaders, rawKeyAmongHeaders } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf, secondsToMs } from "../record/log-values.js";

/**
 * Caddy's access log (JSON). Caddy writes `REDACTED` for credentials unless `log_credentials` is set.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `ts` (seconds) |
 * | key_id | `request.headers`: an id of a key or consumer |
 * | key | query, `request.headers`: `X-Api-Key`, `Authorization`, … |
 * | source_ip | `request.remote_ip`, or trusted `X-Forwarded-For` |
 * | route, method | `request.uri` folded, `request.method` |
 * | status, bytes, latency_ms | `status`, `size`, `duration` (seconds) |
 * | service | `request.host` |
 */
export const caddy: LogFormat = {
  name: "caddy",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, (value) => "uri" in fieldsOf(value["request"]) && "status" in value && "duration" in value)
      ? "JSON with request.uri, status and duration"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    const request = fieldsOf(all["request"]);
    if (!("uri" in request)) return { rejected: "not_a_request" };
    const { headers } = request;
    return buildEvent(
      {
        time: timeOf(all["ts"], options),
        keyId: idAmongHeaders(headers),
        rawKey: rawKeyAmongHeaders(headers),
        user: all["user_id"],
        header: (name) => headerOf(headers, name),
        peer: firstText(request["remote_ip"], request["client_ip"]),
        forwarded: headerOf(headers, "x-forwarded-for"),
        method: request["method"],
        target: request["uri"],
        status: all["status"],
        bytes: all["size"],
        latencyMs: secondsToMs(all["duration"]),
        userAgent: headerOf(headers, "user-agent"),
        service: request["host"],
      },
      options,
    );
  },
};
