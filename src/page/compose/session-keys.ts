import { firstLines } from "./first-lines.js";
import type { SourceList } from "../../model/finding/evidence.js";
import type { PageEvidence } from "../evidence.js";

/** A page names so many session keys: who revokes them takes them all from the investigation. */
const NAMED = 3;

/** The short-lived keys that some sources used, of the busiest sources first. */
function sessionKeyTexts({ busiest, sessionKeys }: SourceList): string[] {
  const named = new Set(busiest.flatMap((source) => source.sessionKeys));
  return firstLines([...named], sessionKeys, "session keys: see plimsoll investigate", NAMED);
}

/** The short-lived keys that the blamed sources of a page used; nothing where they used the key itself. */
export function sessionKeyDetails({ sources }: PageEvidence): Record<string, unknown> {
  if (sources === null || sources.blamed.sessionKeys === 0) return {};
  return { session_keys_of_new_sources: sessionKeyTexts(sources.blamed) };
}

/** What ends misuse: a key is replaced; the sessions of what mints short-lived keys are revoked. */
export function replacementText(keyId: string | null, { sources }: PageEvidence): string {
  const isMinted = sources !== null && sources.blamed.sessionKeys + sources.others.sessionKeys > 0;
  return isMinted ? `revoke the sessions of ${keyId ?? ""}` : "issue a new key, move the callers, revoke this one";
}
