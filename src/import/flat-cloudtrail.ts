/**
 * A flattened CloudTrail line (`key`, `operation` as `service:Name`, `status` as "200" or the error code), as published data
 * sets have it, in CloudTrail's own names; undefined when the value is no such line.
 */
export function recordFromFlat(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || !("operation" in value) || !("has_access_key" in value)) {
    return undefined;
  }
  const flat: Record<string, unknown> = { ...value };
  const [source, name] = typeof flat["operation"] === "string" ? flat["operation"].split(":", 2) : [];
  return {
    eventTime: flat["ts"],
    eventID: flat["event_id"],
    eventSource: source,
    eventName: name,
    errorCode: flat["status"] === "200" ? undefined : flat["status"],
    sourceIPAddress: flat["source_ip"],
    userAgent: flat["user_agent"],
    awsRegion: flat["region"],
    // Without an access key these lines carry the principal or the service in `key`.
    userIdentity: flat["has_access_key"] === true ? { accessKeyId: flat["key"] } : {},
  };
}
