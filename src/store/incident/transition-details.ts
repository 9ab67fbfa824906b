import type { IncidentTransition, IncidentVerdict, PersonsWord } from "../../model/incident/incident.js";

/** What a transition's column `details` holds. */
export interface TransitionDetails extends Pick<
  IncidentTransition,
  "episode" | "told" | "onsetAt" | "loss" | "keys" | "containment"
> {
  readonly into: string;
  readonly person: StoredWord | null;
}

type Optional = "verdict" | "eventId" | "url";

/** A person's word with "" for what nobody said. */
interface StoredWord extends Omit<PersonsWord, Optional> {
  readonly verdict: IncidentVerdict | "";
  readonly eventId: string;
  readonly url: string;
}

/** What that column is to hold of a transition. */
export function detailsOf(transition: IncidentTransition): string {
  const { episode, told, onsetAt, loss, keys, into, person, containment } = transition;
  const word =
    person &&
    ({ ...person, verdict: person.verdict ?? "", eventId: person.eventId ?? "", url: person.url ?? "" } as const);
  const details: TransitionDetails = { episode, told, onsetAt, loss, keys, into: into ?? "", person: word };
  if (containment !== undefined) return JSON.stringify({ ...details, containment });
  return JSON.stringify(details);
}

/** A person's word as it was, by what is stored of it. */
export function wordOf({ verdict, eventId, url, ...said }: StoredWord): PersonsWord {
  return { ...said, verdict: verdict || null, eventId: eventId || null, url: url || null };
}
