import type { ReadTotals } from "../import-report.js";
import type { TextReader } from "../read-as.js";
import { readPortions } from "../read-portions.js";
import { decodeText } from "../read-text.js";
import { splitBatches, type Batch } from "../split-batches.js";
import type { WireEvent } from "../wire-event.js";

export interface TakeOptions {
  readonly text: TextReader;
  readonly byPrincipal: boolean;
  readonly totals: ReadTotals;
  /** Hears of the events, in the order of time. */
  readonly onEvents: (events: readonly WireEvent[]) => void;
}

/** The events of some whole lines as batches, each under a name of its own; what was none is counted in `totals`. */
export async function takeLines(bytes: Buffer, name: string, options: TakeOptions): Promise<readonly Batch[]> {
  const { text, byPrincipal, totals, onEvents } = options;
  const whole = async function* (): AsyncGenerator<Buffer> {
    yield bytes;
  };
  const reader = () => text("followed", decodeText(whole()));
  const batches: Batch[] = [];
  const portions = readPortions(["-"], { reader, byPrincipal, most: Infinity, onRead: () => undefined }, totals);
  for await (const events of portions) {
    onEvents(events);
    for (const batch of splitBatches(events)) {
      batches.push(Object.assign(batch, { idempotencyKey: `${name}-${batches.length}` }));
    }
  }
  return batches;
}
