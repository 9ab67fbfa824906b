import type { IncidentStore } from "../../store/incident/incident-store.js";
import { DAY_MS, dayOf, dayStart } from "../../time/day.js";

/** So many days before it expires an event is copied: the job may fail that long. */
const MARGIN_DAYS = 14;
/** The first rows of an incident tell how it began; what a flood did after that is in the roll-ups. */
const MOST_ROWS = 100_000;
/** Days expire some time after they may. */
const LATE_DAYS = 2;

/** What was copied; `cut` incidents had more than is kept. */
export interface KeptReport {
  readonly incidents: number;
  readonly rows: number;
  readonly cut: readonly string[];
}

type KeepStore = { readonly incident: Pick<IncidentStore, "readIncidentsToKeep" | "readKeptDays" | "keepIncidentDay"> };

/** Copies raw events of incidents from onset to end, in closed UTC days that will soon be older than `rawDays`, at an instant (epoch ms); a day is copied once. */
export async function archiveIncidentEvents(
  store: KeepStore,
  { now, rawDays, most = MOST_ROWS }: { readonly now: number; readonly rawDays: number; readonly most?: number },
): Promise<KeptReport> {
  const today = dayStart(dayOf(now));
  const span = {
    from: today - (rawDays + LATE_DAYS) * DAY_MS,
    to: today - Math.max(0, rawDays - MARGIN_DAYS) * DAY_MS,
  };
  const incidents = await store.incident.readIncidentsToKeep(span);
  const cut: string[] = [];
  let copied = 0;
  for (const incident of incidents) {
    const kept = await store.incident.readKeptDays(incident.incidentId);
    const before = total(kept);
    let rows = before;
    const to = Math.min(incident.to, span.to);
    for (let at = Math.max(incident.from, span.from); at < to && rows < most; at = dayStart(dayOf(at)) + DAY_MS) {
      if (kept.has(dayOf(at))) continue;
      const end = Math.min(dayStart(dayOf(at)) + DAY_MS, to);
      await store.incident.keepIncidentDay({ ...incident, from: at, to: end }, most - rows);
      rows = total(await store.incident.readKeptDays(incident.incidentId));
    }
    copied += rows - before;
    if (rows >= most) cut.push(incident.incidentId);
  }
  return { incidents: incidents.length, rows: copied, cut };
}

function total(days: ReadonlyMap<string, number>): number {
  return [...days.values()].reduce((sum, rows) => sum + rows, 0);
}
