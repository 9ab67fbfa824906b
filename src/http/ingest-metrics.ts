import { Counter, type Registry } from "prom-client";
import type { AcceptedEvents } from "../pipeline/ingest/read-events.js";
import type { BatchReceipt } from "../pipeline/ingest/submit-batch.js";

export interface IngestMetrics {
  /** Counts a body that was read and answered 202 or 400; a repeat counts as a batch but not its events. */
  countBatch(source: string, events: AcceptedEvents, receipt: Pick<BatchReceipt, "repeated" | "repeatedEvents">): void;
  /** Counts a body that was answered 429 or 503. */
  countRefused(source: string, reason: string): void;
}

/** Counters of ingest in the registry. Throws when the registry already has them. */
export function openIngestMetrics(registry: Registry): IngestMetrics {
  const counter = <T extends string>(name: string, help: string, labelNames: T[]) =>
    new Counter({ name: `plimsoll_ingest_${name}_total`, help, labelNames, registers: [registry] });
  const batches = counter("batches", "Request bodies received.", ["source", "repeated"]);
  const accepted = counter("events_accepted", "Events accepted.", ["source"]);
  const rejected = counter("events_rejected", "Events rejected.", ["source", "reason"]);
  const masked = counter("events_masked", "Events in which a secret was masked: their source leaks secrets.", [
    "source",
  ]);
  const noted = counter("events_noted", "Events accepted with a warning in the answer.", ["source", "note"]);
  const refused = counter("bodies_refused", "Request bodies refused with 429 or 503.", ["source", "reason"]);
  return {
    countRefused: (source, reason) => refused.inc({ source, reason }),
    countBatch(source, events, { repeated, repeatedEvents }) {
      batches.inc({ source, repeated: String(repeated) });
      if (repeated) return;
      accepted.inc({ source }, events.accepted - repeatedEvents);
      if (repeatedEvents > 0) noted.inc({ source, note: "repeated_id" }, repeatedEvents);
      for (const [reason, count] of events.rejectedByReason) rejected.inc({ source, reason }, count);
      masked.inc({ source }, events.maskedCount);
      for (const [note, count] of events.notes) noted.inc({ source, note }, count);
    },
  };
}
