import type { EventRules } from "../../src/model/event/parse-request-event.js";
import {
  readEvents,
  type AcceptedEvents,
  type BodyType,
  type RefusedBody,
} from "../../src/pipeline/ingest/read-events.js";

/** Reads a whole body at once: tests compare what is read, and how long that takes. */
export function acceptEvents(body: Buffer, type: BodyType, rules: EventRules): AcceptedEvents | RefusedBody {
  const reading = readEvents(body, type, rules);
  for (;;) {
    const next = reading.next();
    if (next.done === true) return next.value;
  }
}
