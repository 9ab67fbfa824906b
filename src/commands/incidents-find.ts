import { foldRows } from "../pipeline/read-incidents.js";
import type { Incident, IncidentTransition } from "../model/incident.js";
import type { Store } from "../store/store.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** How far back `incidents` looks. */
export const LOOK_BACK_MS = 30 * 86_400_000;

/** An incident with its life. */
export interface KnownIncident {
  readonly incident: Incident;
  readonly transitions: readonly IncidentTransition[];
}

/** Incidents that are open or changed since an instant (epoch ms), the newest first. */
export async function readKnownIncidents(store: Store, since: number): Promise<KnownIncident[]> {
  const rows = await store.readIncidentRows(since);
  return rows
    .flatMap((one) => {
      const incident = foldRows(one);
      return incident === null ? [] : [{ incident, transitions: one.transitions }];
    })
    .toSorted((a, b) => b.incident.openedAt - a.incident.openedAt);
}

/** The incident of that id, or of that beginning. @throws CommandFailure when there is none, or more than one */
export async function findIncident(store: Store, name: string): Promise<KnownIncident> {
  const known = await readKnownIncidents(store, 0);
  const exact = known.find(({ incident }) => incident.incidentId === name);
  if (exact !== undefined) return exact;
  const matches = known.filter(({ incident }) => name !== "" && incident.incidentId.startsWith(name));
  const [only] = matches;
  if (only === undefined)
    throw new CommandFailure(EXIT.badNews, "no incident has that id: see `plimsoll incidents list --all`");
  if (matches.length > 1) {
    const names = matches.slice(0, 20).map(({ incident }) => `  ${incident.incidentId}`);
    throw new CommandFailure(EXIT.badNews, `${matches.length} incidents begin like that, name one:`, ...names);
  }
  return only;
}

/** State in a word. */
export function stateOf({ open, quiet, acknowledgedBy }: Incident): string {
  if (!open) return "resolved";
  if (acknowledgedBy !== "") return "acknowledged";
  return quiet ? "quiet" : "open";
}
