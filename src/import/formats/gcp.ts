import { buildEvent } from "../record/build-event.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { fieldsOf, numberOf, textOf } from "../record/log-values.js";

/**
 * Cloud Audit Logs of Google Cloud (`protoPayload`). Requests and responses in them are never looked at.
 *
 * | event | record |
 * | --- | --- |
 * | ts, id | `timestamp`, `insertId` |
 * | key_id | what stands behind `/keys/` in `authenticationInfo.serviceAccountKeyName` |
 * | source_ip, user_agent | `requestMetadata.callerIp`, `requestMetadata.callerSuppliedUserAgent` |
 * | route | `serviceName`/`methodName` |
 * | scope | `authorizationInfo[0].permission` |
 * | method | read or write, by `permissionType`, else by the method's verb |
 * | status | `status.code`: 0 -> 200, 7 -> 403, 8 -> 429, 16 -> 401, else 400 |
 * | region, service | `resource.labels.location`, `serviceName` |
 * | observed_by | provider |
 */
export const gcp: LogFormat = {
  name: "gcp",
  records: "json",
  looksLike: ({ values }) =>
    mostAre(values, (value) => "methodName" in fieldsOf(value["protoPayload"]))
      ? "JSON with protoPayload.methodName"
      : null,
  parse(record, options) {
    const all = fieldsOf(record);
    const payload = fieldsOf(all["protoPayload"]);
    if (!("methodName" in payload)) return { rejected: "not_a_record" };
    const authentication = fieldsOf(payload["authenticationInfo"]);
    const keyName = textOf(authentication["serviceAccountKeyName"]);
    const keyStart = keyName.lastIndexOf("/keys/");
    const metadata = fieldsOf(payload["requestMetadata"]);
    const [granted] = Array.isArray(payload["authorizationInfo"]) ? (payload["authorizationInfo"] as unknown[]) : [];
    const { permission, permissionType } = fieldsOf(granted);
    const service = textOf(payload["serviceName"]);
    const method = textOf(payload["methodName"]);
    return buildEvent(
      {
        time: timeOf(all["timestamp"], options),
        keyId: keyStart < 0 ? "" : keyName.slice(keyStart + "/keys/".length),
        user: authentication["principalEmail"],
        peer: metadata["callerIp"],
        id: all["insertId"],
        method: kindOf(textOf(permissionType), method),
        route: service === "" ? method : `${service}/${method}`,
        status: statusOf(fieldsOf(payload["status"])["code"]),
        scope: permission,
        userAgent: metadata["callerSuppliedUserAgent"],
        region: fieldsOf(fieldsOf(all["resource"])["labels"])["location"],
        service,
        observedBy: "provider",
      },
      options,
    );
  },
};

const READS = ["get", "list", "search", "read", "query", "batchget", "aggregatedlist", "testiampermissions"];

function kindOf(permissionType: string, method: string): string {
  if (permissionType.endsWith("_READ")) return "read";
  if (permissionType.endsWith("_WRITE")) return "write";
  const verb = method.slice(method.lastIndexOf(".") + 1).toLowerCase();
  if (verb === "") return "";
  return READS.some((read) => verb.startsWith(read)) ? "read" : "write";
}

function statusOf(given: unknown): number {
  const code = numberOf(given) ?? 0;
  if (code === 0) return 200;
  return code === 7 ? 403 : code === 8 ? 429 : code === 16 ? 401 : 400;
}
