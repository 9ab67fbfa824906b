import { readKnownIncident, readKnownIncidents, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import type { Store } from "../store/store.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** How far back `incidents` looks. */
export const LOOK_BACK_MS = 30 * 86_400_000;

/** The incident of that id, or of that beginning. @throws CommandFailure when there is none, or more than one */
export async function findIncident(store: Store, name: string): Promise<KnownIncident> {
  const exact = await readKnownIncident(store, name);
  if (exact !== null) return exact;
  const known = await readKnownIncidents(store, 0);
  const matches = known.filter(({ incident }) => name !== "" && incident.incidentId.startsWith(name));
  const [only] = matches;
  if (only === undefined)
    throw new CommandFailure(EXIT.badNews, "no incident has that id: see `plimsoll incidents list --all`");
  if (matches.length > 1) {
    const names = matches.slice(0, 20).map(({ incident }) => `  ${incident.incidentId}`);
    throw new CommandFailure(EXIT.badNews, `${matches.length} incidents match, name one:`, ...names);
  }
  return only;
}
