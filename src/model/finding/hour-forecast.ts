import type { Subject } from "../subject.js";
import type { Baseline } from "./baseline.js";

/** As much of a snapshot as is needed of it at any hour. */
export interface SnapshotFigures extends Pick<
  Baseline,
  | "keyId"
  | "observedBy"
  | "bornAt"
  | "churn"
  | "spendPerRequest"
  | "flat"
  | "levels"
  | "losses"
  | "noise"
  | "suspectUntil"
> {
  /** How many days the key's networks did not age. */
  readonly frozenDays: number;
}

/** The same with the requests that are expected in each of its 576 slots; none where it knows nothing. */
export interface DayForecast extends SnapshotFigures {
  readonly weeklySlots: Float64Array;
  readonly dailySlots: Float64Array;
}

/** Predictors of a snapshot. */
export const PREDICTORS = 3;
/** Variances of a snapshot: four windows of rate, four of spend. */
export const NOISE_FIGURES = 8;

/**
 * What the snapshots of a day say of one hour, in columns, one row for each: every key is asked at every tick. As an object each would take
 * several times the memory.
 */
export class HourForecasts {
  readonly subjects: Subject[] = [];
  /** Epoch ms. */
  readonly bornAt: Float64Array;
  readonly spendPerRequest: Float64Array;
  readonly flat: Float64Array;
  readonly frozenDays: Float64Array;
  /** Epoch ms. */
  readonly suspectUntil: Float64Array;
  readonly churn: (readonly number[])[] = [];
  /** PREDICTORS of each row. */
  readonly levels: Float64Array;
  readonly losses: Float64Array;
  /** NOISE_FIGURES of each row. */
  readonly noise: Float64Array;
  /** Running totals of a predictor where windows begin and end (marksOfHour), mark by mark: those of one tick lie side by side. */
  readonly weekly: Float64Array;
  readonly daily: Float64Array;
  /** 1 for the rows of which the predictor knows anything of the hour. */
  readonly knowsWeekly: Uint8Array;
  readonly knowsDaily: Uint8Array;
  readonly #rows: number;

  constructor(rows: number, marks: number) {
    this.#rows = rows;
    const column = (figures: number) => new Float64Array(rows * figures);
    [this.bornAt, this.spendPerRequest, this.flat] = [column(1), column(1), column(1)];
    [this.frozenDays, this.suspectUntil] = [column(1), column(1)];
    [this.levels, this.losses] = [column(PREDICTORS).fill(NaN), column(PREDICTORS).fill(NaN)];
    this.noise = column(NOISE_FIGURES);
    [this.weekly, this.daily] = [column(marks), column(marks)];
    [this.knowsWeekly, this.knowsDaily] = [new Uint8Array(rows), new Uint8Array(rows)];
  }

  /** Adds the next row. */
  add({ keyId, observedBy, ...of }: SnapshotFigures, weekly: ArrayLike<number>, daily: ArrayLike<number>): void {
    const row = this.subjects.length;
    this.subjects.push({ keyId, observedBy });
    this.bornAt[row] = of.bornAt;
    this.spendPerRequest[row] = of.spendPerRequest;
    this.flat[row] = of.flat;
    this.frozenDays[row] = of.frozenDays;
    this.suspectUntil[row] = of.suspectUntil;
    this.churn.push(of.churn);
    this.levels.set(of.levels, row * PREDICTORS);
    this.losses.set(of.losses, row * PREDICTORS);
    this.noise.set(of.noise, row * NOISE_FIGURES);
    this.knowsWeekly[row] = this.#addMarks(this.weekly, row, weekly);
    this.knowsDaily[row] = this.#addMarks(this.daily, row, daily);
  }

  #addMarks(into: Float64Array, row: number, totals: ArrayLike<number>): 0 | 1 {
    for (let mark = 0; mark < totals.length; mark += 1) into[mark * this.#rows + row] = totals[mark]!;
    return totals.length > 0 ? 1 : 0;
  }
}
