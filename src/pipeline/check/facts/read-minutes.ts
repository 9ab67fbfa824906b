import { countBelow } from "../../../model/count-below.js";
import { MINUTE_MS } from "../../../time/day.js";
import type { ObservedLog } from "./observed-log.js";

/** A stretch of whole minutes, epoch ms, half-open. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** For which rows of minutes something in memory stands: only what got rows since has to be read again. */
export class ReadMinutes {
  readonly #rows = new Map<number, string>();

  /** Notes the rows of a stretch, as they were counted before it was read; minutes of which some may still be on their way count as changed next time. */
  note(observed: ObservedLog, { from, until }: Stretch): void {
    for (const minute of countedWithin(observed, from, until)) {
      const { text, settled } = observed.stampOfMinute(minute);
      if (settled) this.#rows.set(minute, text);
      else this.#rows.delete(minute);
    }
  }

  /** The least stretch that holds the minutes of another which got rows since these were noted; null when there are none. */
  changed(observed: ObservedLog, { from, until }: Stretch): Stretch | null {
    const changed = countedWithin(observed, from, until).filter(
      (minute) => observed.stampOfMinute(minute).text !== this.#rows.get(minute),
    );
    return changed.length === 0 ? null : { from: changed[0]!, until: changed.at(-1)! + MINUTE_MS };
  }
}

function countedWithin({ counted }: ObservedLog, from: number, until: number): readonly number[] {
  return counted.slice(countBelow(counted, from), countBelow(counted, until));
}
