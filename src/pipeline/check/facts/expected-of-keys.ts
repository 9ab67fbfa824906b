import { forecastColumns, type ForecastColumns } from "../../../baseline/forecast-columns.js";
import { OBSERVERS } from "../../../model/event/request-event.js";
import type { HourForecasts } from "../../../model/finding/hour-forecast.js";
import type { Lineages } from "../../../model/key/lineage.js";
import { subjectKey } from "../../../model/subject.js";
import type { NoveltyContext } from "../../../store/check/novelty-fact.js";
import { inheritSnapshot } from "../../learn/inherit-snapshot.js";

/** What the snapshots of a day say of an hour, and whose row each is. */
export interface OwnForecasts {
  readonly columns: ForecastColumns;
  /** By subject. */
  readonly rows: ReadonlyMap<string, number>;
}

/** A key that goes by the row of one that it succeeds. */
interface Heir {
  readonly keyId: string;
  readonly row: number;
  readonly suspectUntil: number;
  readonly frozenDays: number;
}

/** What is expected of keys in an hour: by their own snapshots, or by those of keys that they succeed. */
export class ExpectedOfKeys {
  readonly columns: ForecastColumns;
  readonly #own: OwnForecasts;
  readonly #heirs: ReadonlyMap<string, Heir>;

  constructor(own: OwnForecasts, lineages: Lineages) {
    this.#own = own;
    this.columns = own.columns;
    this.#heirs = heirsOf(own, lineages);
  }

  /** The row that a subject goes by; -1 where there is none. */
  rowOf(name: string): number {
    return this.#heirs.get(name)?.row ?? this.#own.rows.get(name) ?? -1;
  }

  /** Until when (epoch ms) a subject is under suspicion; Infinity where nothing is known of it. */
  suspectUntil(name: string): number {
    const heir = this.#heirs.get(name);
    if (heir !== undefined) return heir.suspectUntil;
    const row = this.#own.rows.get(name);
    return row === undefined ? Infinity : this.columns.of.suspectUntil[row]!;
  }

  /** Keys to which things stay new for longer than a week, and by how many days. */
  held(): NoveltyContext["held"] {
    const days = new Map<string, number>();
    const hold = (keyId: string, frozenDays: number) => {
      if (frozenDays > 0) days.set(keyId, Math.max(days.get(keyId) ?? 0, frozenDays));
    };
    const { subjects, frozenDays } = this.columns.of;
    for (const [name, row] of this.#own.rows) {
      hold(subjects[row]!.keyId, this.#heirs.get(name)?.frozenDays ?? frozenDays[row]!);
    }
    for (const [name, heir] of this.#heirs) if (!this.#own.rows.has(name)) hold(heir.keyId, heir.frozenDays);
    return { keys: [...days.keys()], days: [...days.values()] };
  }
}

/** Forecasts with the names of their rows. */
export function ownForecasts(forecasts: HourForecasts): OwnForecasts {
  return {
    columns: forecastColumns(forecasts),
    rows: new Map(forecasts.subjects.map((subject, row) => [subjectKey(subject), row])),
  };
}

function heirsOf({ columns, rows }: OwnForecasts, lineages: Lineages): Map<string, Heir> {
  const { flat, suspectUntil, frozenDays, knowsWeekly, knowsDaily } = columns.of;
  const snapshotOf = (name: string) => {
    const row = rows.get(name);
    if (row === undefined) return undefined;
    return {
      row,
      flat: flat[row]!,
      suspectUntil: suspectUntil[row]!,
      frozenDays: frozenDays[row]!,
      weekly: { length: knowsWeekly[row]! },
      daily: { length: knowsDaily[row]! },
    };
  };
  const heirs = new Map<string, Heir>();
  for (const keyId of lineages.keys()) {
    for (const observedBy of OBSERVERS) {
      const name = subjectKey({ keyId, observedBy });
      const inherited = inheritSnapshot(lineages, name, { get: snapshotOf });
      if (inherited !== undefined && inherited.row !== rows.get(name)) heirs.set(name, { ...inherited, keyId });
    }
  }
  return heirs;
}
