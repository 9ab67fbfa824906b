import { aboutText } from "../model/finding/finding-subject.js";
import { SEVERITY_RANK } from "../model/incident/page.js";
import { readKnownIncidents, stateOf, type KnownIncident } from "../pipeline/incident/read-incidents.js";
import { LOOK_BACK_MS } from "./incidents-find.js";
import { printTable } from "./print-table.js";
import { EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

const COLUMNS = [
  { title: "SEVERITY" },
  { title: "STATE" },
  { title: "CAUSE" },
  { title: "ABOUT" },
  { title: "OPENED (UTC)" },
  { title: "LAST FOUND" },
  { title: "NOTIFIED", right: true },
  { title: "INCIDENT" },
];
interface ListOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `plimsoll incidents list`. */
export async function listIncidents(options: ListOptions): Promise<ExitCode> {
  const now = Date.now();
  const known = await withStore(openConfig(), (store) => readKnownIncidents(store, now - LOOK_BACK_MS));
  const shown = known
    .filter(({ incident }) => incident.open || options.all === true)
    .toSorted((a, b) => Number(b.incident.open) - Number(a.incident.open) || rankOf(b) - rankOf(a));
  if (options.json === true) print(JSON.stringify(shown.map(toJson)));
  else if (shown.length === 0) print("no incident is open");
  else print(printTable(COLUMNS, shown.map(toCells)));
  return known.some(({ incident }) => incident.open) ? EXIT.badNews : EXIT.ok;
}

/** An incident as JSON: what `--json` and the dashboard give. */
export function toJson({ incident }: KnownIncident) {
  return {
    incident_id: incident.incidentId,
    key_id: incident.keyId ?? "",
    cause: incident.cause,
    severity: incident.severity,
    state: stateOf(incident),
    opened_at: new Date(incident.openedAt).toISOString(),
    changed_at: new Date(incident.changedAt).toISOString(),
    last_found_at: new Date(incident.lastFindingAt).toISOString(),
    notifications: incident.episode,
    acknowledged_by: incident.acknowledgedBy ?? "",
    ended_by: incident.endedBy ?? "",
    verdict: incident.verdict ?? "",
    keys: incident.keys,
  };
}

function toCells({ incident }: KnownIncident): string[] {
  const key = incident.keys.length > 0 ? `${incident.keys.length} keys` : aboutText(incident) || "-";
  return [
    incident.severity,
    stateOf(incident),
    incident.cause,
    key,
    minuteText(incident.openedAt),
    minuteText(incident.lastFindingAt),
    String(incident.episode),
    incident.incidentId,
  ];
}

/** `2026-03-08 02:11`. */
export function minuteText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}

const rankOf = ({ incident }: KnownIncident) => SEVERITY_RANK[incident.severity];

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
