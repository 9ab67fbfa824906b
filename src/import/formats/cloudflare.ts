import { buildEvent } from "../record/build-event.js";
import { idAmongHeaders, rawKeyAmongHeaders } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre, withFields } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf } from "../record/log-values.js";

/**
 * Cloudflare Logpush, data set HTTP requests. A key is there only where a custom field logs its header.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `EdgeStartTimestamp`: seconds, ns or RFC 3339 |
 * | key_id | `RequestHeaders`: `x-key-id`, `x-consumer-id`, … |
 * | key | query of `ClientRequestURI`; `RequestHeaders`: `x-api-key`, `authorization`, … |
 * | source_ip | `ClientIP` |
 * | route | path of `ClientRequestURI`, folded |
 * | status, bytes | `EdgeResponseStatus`, `EdgeResponseBytes` |
 * | latency_ms | `EdgeTimeToFirstByteMs` |
 * | id, region, service | `RayID`, `EdgeColoCode`, `ClientRequestHost` |
 */
export const cloudflare: LogFormat = {
  name: "cloudflare",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, withFields("RayID", "EdgeStartTimestamp")) ? "JSON with RayID and EdgeStartTimestamp" : null,
  // What Logpush sends to see whether its destination answers holds no request: a heartbeat.
  unwrap: (value) => (fieldsOf(value)["content"] === "tests" ? [] : [value]),
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("EdgeStartTimestamp" in all)) return { rejected: "not_a_record" };
    const headers = all["RequestHeaders"];
    return buildEvent(
      {
        time: timeOf(all["EdgeStartTimestamp"], options),
        keyId: idAmongHeaders(headers),
        rawKey: rawKeyAmongHeaders(headers),
        header: (name) => headerOf(headers, name) || headerOf(all, name),
        peer: all["ClientIP"],
        id: all["RayID"],
        method: all["ClientRequestMethod"],
        target: firstText(all["ClientRequestURI"], all["ClientRequestPath"]),
        status: all["EdgeResponseStatus"],
        bytes: all["EdgeResponseBytes"],
        latencyMs: all["EdgeTimeToFirstByteMs"],
        userAgent: all["ClientRequestUserAgent"],
        region: all["EdgeColoCode"],
        service: all["ClientRequestHost"],
      },
      options,
    );
  },
};
