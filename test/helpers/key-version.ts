import type { KeyVersion } from "../../src/model/key/key.js";

/** A key as the registry knows it since for ever, with what a test says of it. */
export function keyVersion(known: Partial<KeyVersion> & Pick<KeyVersion, "keyId">): KeyVersion {
  return {
    validFrom: 0,
    display: "",
    fingerprints: [],
    owner: "",
    service: "",
    provider: "",
    environment: "",
    holders: [],
    limitPerMinute: null,
    allowedCidrs: [],
    scopes: [],
    prices: {},
    monthlyBudgetUsd: null,
    createdAt: null,
    rotateBy: null,
    revokedAt: null,
    replaces: "",
    routingKeyRef: "",
    runbookUrl: "",
    guard: "",
    guardRef: "",
    rules: [],
    ...known,
  };
}
