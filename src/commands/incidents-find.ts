import {
  readKnownIncident,
  readKnownIncidents,
  stateOf,
  type KnownIncident,
} from "../pipeline/incident/read-incidents.js";
import type { Store } from "../store/store.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** How far back `incidents` looks. */
export const LOOK_BACK_MS = 30 * 86_400_000;
/** A terminal shows so many. */
const MOST_NAMED = 20;

/** The incident of that id, of a dedup key as PagerDuty shows it, or of that beginning. @throws CommandFailure when there is none, or more than one */
export async function findIncident(store: Store, name: string): Promise<KnownIncident> {
  const exact = (await readKnownIncident(store, name)) ?? (await readNotified(store, name));
  if (exact !== null) return exact;
  const known = await readKnownIncidents(store, 0);
  const matches = known.filter(({ incident }) => name !== "" && incident.incidentId.startsWith(name));
  const [only] = matches;
  if (only === undefined) throw noneNamed(known, name);
  if (matches.length > 1) {
    const names = matches.slice(0, MOST_NAMED).map(({ incident }) => `  ${incident.incidentId}`);
    throw new CommandFailure(EXIT.badNews, `${matches.length} incidents match, name one:`, ...names);
  }
  return only;
}

/** The incident of one of its notifications, by its dedup key, with or without the `plimsoll/` that it begins with. */
async function readNotified(store: Store, name: string): Promise<KnownIncident | null> {
  const dedupKey = name.startsWith(OURS) ? name : `${OURS}${name}`;
  const found = name === "" ? null : await store.incident.readIncidentOfPage(dedupKey, "");
  return found === null ? null : readKnownIncident(store, found.incidentId);
}

const OURS = "plimsoll/";

/** Who names a key is given its incidents, the newest first. */
function noneNamed(known: readonly KnownIncident[], name: string): CommandFailure {
  const ofKey = known.filter(({ incident }) => incident.keyId === name || incident.keys.includes(name));
  if (ofKey.length === 0)
    return new CommandFailure(EXIT.badNews, "no incident has that id: see `plimsoll incidents list --all`");
  const names = ofKey.slice(0, MOST_NAMED).map(({ incident }) => `  ${incident.incidentId} (${stateOf(incident)})`);
  return new CommandFailure(EXIT.badNews, "that is a key, not an incident; name one of its incidents:", ...names);
}
