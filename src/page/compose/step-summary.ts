import { printSubject } from "../../model/finding/finding-subject.js";
import type { IncidentTransition } from "../../model/incident/incident.js";
import { keyName, versionIn, type KeyVersion } from "../../model/key/key.js";

/** One sentence for a step that nothing was found with: whose incident it is, and what was done to it or why it is over. */
export function stepSummary(transition: IncidentTransition, registry: ReadonlyMap<string, KeyVersion>): string {
  const { keyId, subject, incidentId } = transition;
  const key = versionIn(registry, keyId);
  const owner = key?.owner ? ` (${key.owner})` : "";
  const name =
    keyId === null ? (subject === null ? incidentId : printSubject(subject)) : `${keyName(key, keyId)}${owner}`;
  return `${name}: ${whatHappened(transition)}`;
}

function whatHappened({ kind, reason, person, into }: IncidentTransition): string {
  const who = person === null || person.actor === "" ? "a person" : person.actor;
  const note = person === null || person.note === "" ? "" : `: ${person.note}`;
  if (kind === "acknowledged") return `acknowledged by ${who}${note}`;
  switch (reason) {
    case "by_person":
      return `resolved by ${who}${person === null || person.verdict === null ? "" : ` as ${person.verdict}`}${note}`;
    case "expected":
      return `suppressed as expected by ${who}${note}`;
    case "healthy_again":
      return "healthy again";
    case "folded":
      return `continues in incident ${into ?? ""}`;
    default:
      return "no findings for a day";
  }
}
