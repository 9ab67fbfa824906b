import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf, textOf } from "../record/log-values.js";

/**
 * AWS API Gateway's access log as JSON of `$context` variables.
 *
 * | event | record |
 * | --- | --- |
 * | ts | `requestTimeEpoch`, else `requestTime` |
 * | key_id | `apiKeyId`; `-` is none |
 * | key | `apiKey` |
 * | source_ip | `ip` |
 * | route | `resourcePath`, else the path of `routeKey`, else `path` folded |
 * | method | `httpMethod` |
 * | status, bytes, latency_ms | `status`, `responseLength`, `responseLatency` |
 * | id, user_agent | `requestId`, `userAgent` |
 * | service | `domainName`, else `apiId` |
 */
export const apiGateway: LogFormat = {
  name: "apigateway",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, (value) => "requestId" in value && NAMES.some((name) => name in value))
      ? "JSON with requestId and API Gateway's names of a request"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!("requestId" in all)) return { rejected: "not_a_record" };
    const routeKey = textOf(all["routeKey"]);
    const template = routeKey.includes(" /") ? routeKey.slice(routeKey.indexOf(" /") + 1) : "";
    return buildEvent(
      {
        time: timeOf(all["requestTimeEpoch"] ?? all["requestTime"], options),
        keyId: all["apiKeyId"],
        rawKey: all["apiKey"],
        user: firstText(all["user"], all["principalId"], all["caller"]),
        header: (name) => headerOf(all, name),
        peer: firstText(all["ip"], all["sourceIp"]),
        id: all["requestId"],
        method: all["httpMethod"],
        target: all["path"],
        route: firstText(all["resourcePath"], template),
        status: all["status"],
        bytes: all["responseLength"],
        latencyMs: all["responseLatency"],
        userAgent: all["userAgent"],
        service: firstText(all["domainName"], all["apiId"]),
      },
      options,
    );
  },
};

const NAMES = ["apiKeyId", "requestTimeEpoch", "resourcePath", "routeKey"];
