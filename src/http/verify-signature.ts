import { createHmac, timingSafeEqual } from "node:crypto";

/** PagerDuty sends one for each secret. */
const MOST_SIGNATURES = 20;

/** Signatures of PagerDuty (V3) in `X-PagerDuty-Signature: v1=<hex>,v1=<hex>`; none when the header has not that form. */
export function signaturesIn(header: string | string[] | undefined): readonly Buffer[] {
  return (typeof header === "string" ? header : "")
    .split(",", MOST_SIGNATURES)
    .map((part) => /^\s*v1=([0-9a-f]{64})\s*$/i.exec(part)?.[1])
    .filter((hex) => hex !== undefined)
    .map((hex) => Buffer.from(hex, "hex"));
}

/** Whether one of them is the HMAC-SHA-256 of the body's very bytes under one of our secrets: PagerDuty signs with each that is in force there. */
export function isSigned(body: Buffer, given: readonly Buffer[], secrets: readonly string[]): boolean {
  const wanted = secrets.map((secret) => createHmac("sha256", secret).update(body).digest());
  // Every pair is compared, whether or not one has matched.
  return wanted.flatMap((one) => given.filter((other) => timingSafeEqual(one, other))).length > 0;
}
