import { isFields, text, type Fields } from "./cloudtrail-names.js";

/** An API call in the OCSF schema (Security Lake), under CloudTrail's own names; undefined when the value is none. */
export function recordFromOcsf(value: unknown): Fields | undefined {
  if (!isFields(value) || !("class_uid" in value) || !isFields(value["api"])) return undefined;
  const at = (...path: readonly string[]): unknown =>
    path.reduce<unknown>((inner, name) => (isFields(inner) ? inner[name] : undefined), value);
  const error = text(at("api", "response", "error"));
  const hasFailed = value["status"] === "Failure" || value["status_id"] === 2;
  return {
    eventTime: value["time"] ?? value["time_dt"],
    eventID: at("metadata", "uid"),
    eventSource: at("api", "service", "name"),
    eventName: at("api", "operation"),
    errorCode: error === "" && hasFailed ? "Failure" : error,
    sourceIPAddress: at("src_endpoint", "ip") ?? at("src_endpoint", "domain"),
    userAgent: at("http_request", "user_agent"),
    awsRegion: at("cloud", "region"),
    requestID: at("api", "request", "uid"),
    userIdentity: {
      accessKeyId: at("actor", "user", "credential_uid"),
      arn: at("actor", "user", "uid"),
      sessionContext: { sessionIssuer: { arn: at("actor", "session", "issuer") } },
    },
  };
}
