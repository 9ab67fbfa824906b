import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether a webhook of PagerDuty (V3) was signed with one of our secrets: `X-PagerDuty-Signature: v1=<hex>,v1=<hex>` holds the
 * HMAC-SHA-256 of the body's very bytes under each secret that is in force there.
 */
export function isSigned(body: Buffer, header: string | undefined, secrets: readonly string[]): boolean {
  const given = (header ?? "")
    .split(",")
    .map((part) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(part)?.[1])
    .filter((hex) => hex !== undefined)
    .map((hex) => Buffer.from(hex, "hex"));
  const wanted = secrets.map((secret) => createHmac("sha256", secret).update(body).digest());
  // Every pair is compared, whether or not one has matched.
  return wanted.flatMap((one) => given.filter((other) => timingSafeEqual(one, other))).length > 0;
}
