import type { KeyObject } from "node:crypto";
import { displayOf, fingerprintOf } from "./key-fingerprint.js";

/** What is kept of a raw key: a fingerprint for each pepper in use, and what people may see. */
export interface KeyIdentity {
  readonly fingerprints: readonly string[];
  readonly display: string;
}

/** Turns a raw key into what may be kept of it. */
export type IdentifyKey = (rawKey: string) => KeyIdentity;

/** Identifies keys under the current pepper and, while it is being replaced, the previous one. */
export function identifyWith(peppers: readonly KeyObject[]): IdentifyKey {
  return (rawKey) => ({
    fingerprints: peppers.map((pepper) => fingerprintOf(pepper, rawKey)),
    display: displayOf(rawKey),
  });
}
