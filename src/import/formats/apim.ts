import { isFields, type Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, firstText, headerOf } from "../record/log-values.js";

/**
 * Gateway logs of Azure API Management, from a storage account or event hub (`records`, `properties`) or from its table in Log Analytics.
 *
 * | event | record (table: the same with a capital letter) |
 * | --- | --- |
 * | ts | `time` (`TimeGenerated`) |
 * | key_id | `properties.apimSubscriptionId` |
 * | key | query of `properties.url` |
 * | source_ip | `callerIpAddress` |
 * | route | `properties.operationId`, else `properties.url` folded |
 * | status, bytes | `properties.responseCode`, `properties.responseSize` |
 * | latency_ms | `durationMs` (`TotalTime`) |
 * | id, region, service | `correlationId`, `location` (`Region`), `properties.apiId` |
 */
export const apim: LogFormat = {
  name: "apim",
  aliases: ["azure-apim"],
  records: "json",
  looksLike: ({ values }) =>
    mostAre(
      values.flatMap((value) => recordsIn(value)),
      isGatewayLog,
    )
      ? "JSON with callerIpAddress and API Management's properties of a request"
      : null,
  unwrap: recordsIn,
  parse(record, options) {
    const all = fieldsOf(record);
    if (!isGatewayLog(all)) return { rejected: isFields(record) ? "not_a_request" : "not_a_record" };
    const properties = fieldsOf(all["properties"]);
    const get = (name: string): unknown => {
      const capital = name[0]!.toUpperCase() + name.slice(1);
      return all[name] ?? properties[name] ?? all[capital] ?? properties[capital];
    };
    return buildEvent(
      {
        time: timeOf(all["time"] ?? all["TimeGenerated"], options),
        keyId: get("apimSubscriptionId"),
        user: get("userId"),
        header: (name) =>
          headerOf(properties["requestHeaders"], name) || headerOf(properties, name) || headerOf(all, name),
        peer: get("callerIpAddress"),
        id: get("correlationId"),
        method: get("method"),
        target: get("url"),
        route: get("operationId"),
        status: get("responseCode"),
        bytes: get("responseSize"),
        latencyMs: all["durationMs"] ?? all["TotalTime"],
        region: firstText(all["location"], all["Region"]),
        service: get("apiId"),
      },
      options,
    );
  },
};

function recordsIn(value: unknown): readonly Fields[] {
  const list = fieldsOf(value)["records"];
  return Array.isArray(list) ? (list as Fields[]) : [value as Fields];
}

function isGatewayLog(value: Fields): boolean {
  const all = fieldsOf(value);
  const properties = fieldsOf(all["properties"]);
  const hasCaller = "callerIpAddress" in all || "CallerIpAddress" in all;
  return hasCaller && ("responseCode" in properties || "ResponseCode" in all || "apimSubscriptionId" in properties);
}
