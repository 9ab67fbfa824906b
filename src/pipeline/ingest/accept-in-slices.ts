import type { EventRules } from "../../model/event/parse-request-event.js";
import { readEvents, type AcceptedEvents, type BodyType, type RefusedBody } from "./read-events.js";

/** A request that only asks something waits no longer for a body that is being read. */
const SLICE_MS = 10;

/** Reads a body, letting others have their turn every few milliseconds. */
export async function acceptInSlices(
  body: Buffer,
  type: BodyType,
  rules: EventRules,
): Promise<AcceptedEvents | RefusedBody> {
  const reading = readEvents(body, type, rules);
  for (let began = performance.now(); ;) {
    const next = reading.next();
    if (next.done === true) return next.value;
    if (performance.now() - began < SLICE_MS) continue;
    await new Promise(setImmediate);
    began = performance.now();
  }
}
