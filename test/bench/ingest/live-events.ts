import type { SimulatedEvent } from "../../../src/local/simulator/fleet.js";
import { Random } from "../../../src/local/simulator/random.js";
import { simulateFleet } from "../../../src/local/simulator/simulate-fleet.js";

/** Of the addresses, and of the fleet. */
export const LIVE_SEEDS = [1, 7] as const;

const MINUTE_MS = 60_000;
const KEYS = 300;
const HOUR = { from: Date.UTC(2026, 2, 4, 14), to: Date.UTC(2026, 2, 4, 15) };
/** Live traffic is of the last minutes. */
const SPAN_MS = 3 * MINUTE_MS;

/** One event of a body, as it is sent. */
export type LiveEvent = SimulatedEvent & { readonly id: string };

/** Events of a simulated fleet, as if all of them had just happened, each with an id of its own that begins with `name`. */
export function liveEvents(count: number, name: string): LiveEvent[] {
  const random = new Random(LIVE_SEEDS[0], name);
  const templates = simulatedHour();
  const until = Date.now();
  return Array.from({ length: count }, (_, index) => ({
    ...templates[index % templates.length]!,
    ts: new Date(until - random.below(SPAN_MS)).toISOString(),
    id: `${name}-${index.toString(36)}-${random.below(2 ** 31).toString(36)}`,
  }));
}

let hour: SimulatedEvent[] | undefined;

function simulatedHour(): SimulatedEvent[] {
  if (hour !== undefined) return hour;
  hour = [];
  for (const { lines } of simulateFleet({ seed: LIVE_SEEDS[1], keys: KEYS, ...HOUR }).batches(20_000)) {
    for (const line of lines.split("\n")) if (line !== "") hour.push(JSON.parse(line) as SimulatedEvent);
  }
  return hour;
}

/** NDJSON of so many events a body. */
export function bodiesOf(events: readonly object[], eventsPerBody: number): Buffer[] {
  const bodies: Buffer[] = [];
  for (let i = 0; i < events.length; i += eventsPerBody) {
    const lines = events.slice(i, i + eventsPerBody).map((event) => JSON.stringify(event));
    bodies.push(Buffer.from(lines.join("\n")));
  }
  return bodies;
}
