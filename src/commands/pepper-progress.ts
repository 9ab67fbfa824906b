import type { Config } from "../config.js";
import { pepperIdOf } from "../model/key/key-fingerprint.js";
import type { PepperProgress } from "../store/registry/key-fingerprints.js";
import { ok, warn, type Diagnosis } from "./diagnosis.js";
import { readPeppers } from "./read-keys-file.js";

/** By what the pepper that is coming into force is told from others; null when none is being replaced. */
export function pepperUnderWay(config: Config): string | null {
  const [pepper, ...former] = readPeppers(config);
  const isUnderWay = pepper !== undefined && former.length > 0 && config.PLIMSOLL_KEY_PEPPER !== undefined;
  return isUnderWay ? pepperIdOf(pepper) : null;
}

/** How many keys stand in the way of removing the former pepper, as a sentence. */
export function tellPepperProgress({ registered, waiting, waitingRevoked }: PepperProgress): string {
  const keys = registered === 1 ? "1 registered key" : `${registered} registered keys`;
  const revoked = waitingRevoked === 0 ? "" : `, ${waitingRevoked} of them revoked`;
  return waiting === 0
    ? `all of ${keys} were used under PLIMSOLL_KEY_PEPPER`
    : `${waiting} of ${keys} not yet used under PLIMSOLL_KEY_PEPPER${revoked}`;
}

/** Whether the former pepper may be removed: a revoked key is hardly ever met again, and what is lost is only that its use is recognised. */
export function judgePepperProgress(progress: PepperProgress): Diagnosis {
  const check = "pepper rotation";
  const found = tellPepperProgress(progress);
  if (progress.waiting > progress.waitingRevoked) {
    return warn(check, found, "keep PLIMSOLL_KEY_PEPPER_PREVIOUS until they have been used");
  }
  const rest = progress.waitingRevoked === 0 ? "" : "; later use of those revoked keys would not be recognised";
  return ok(check, `${found}: PLIMSOLL_KEY_PEPPER_PREVIOUS may be removed${rest}`);
}
