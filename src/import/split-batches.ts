import type { WireEvent } from "./wire-event.js";

/** A quarter of what ingest takes: small enough to be answered at once, large enough for few round trips. */
const BATCH_EVENTS = 5000;
/** Well under ingest's 10 MiB, should every field be as long as it may. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Events as NDJSON, ready to be sent. */
export interface Batch {
  readonly body: string;
  readonly events: number;
  /** Under which a repeat is known; without it the body's own digest. */
  readonly idempotencyKey?: string;
}

/** Cuts events into bodies of at most 5,000 events and 4 MiB; the same events always give the same bodies. */
export function* splitBatches(events: Iterable<WireEvent>): Generator<Batch> {
  let lines: string[] = [];
  let bytes = 0;
  for (const event of events) {
    const line = `${JSON.stringify(event)}\n`;
    const size = Buffer.byteLength(line);
    if (lines.length === BATCH_EVENTS || (lines.length > 0 && bytes + size > BATCH_BYTES)) {
      yield { body: lines.join(""), events: lines.length };
      lines = [];
      bytes = 0;
    }
    lines.push(line);
    bytes += size;
  }
  if (lines.length > 0) yield { body: lines.join(""), events: lines.length };
}

/** The two halves of a batch that was too large for somebody on the way; undefined for a single event. */
export function halveBatch(batch: Batch): readonly [Batch, Batch] | undefined {
  if (batch.events < 2) return undefined;
  const lines = batch.body.split("\n").slice(0, -1);
  const middle = Math.ceil(lines.length / 2);
  const half = (part: readonly string[], which: number): Batch => ({
    body: part.map((line) => `${line}\n`).join(""),
    events: part.length,
    ...(batch.idempotencyKey === undefined ? {} : { idempotencyKey: `${batch.idempotencyKey}-${which}` }),
  });
  return [half(lines.slice(0, middle), 1), half(lines.slice(middle), 2)];
}
