import type { AcceptedEvents } from "../../pipeline/ingest/read-events.js";

/** How many were rejected for which reason, and the first of them, for senders who log one text: nothing of what was sent is in it. */
export function rejectionsText({ rejectedByReason, errors }: AcceptedEvents): string {
  const counts = [...rejectedByReason].map(([reason, count]) => `${count} ${reason}`).join(", ");
  const [first] = errors;
  return first === undefined ? counts : `${counts}; first: record ${first.line}: ${first.reason}`;
}
