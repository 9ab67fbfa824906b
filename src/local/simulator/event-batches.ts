import type { Attack } from "./attacks.js";
import { EventWriter } from "./event-writer.js";
import { KeyStory, type KeyPlan } from "./key-story.js";
import { MinuteBuffer } from "./minute-buffer.js";
import type { Operator } from "./networks.js";

const MINUTE_MS = 60_000;

/** Everything that decides what a fleet does; from it the traffic follows. Instants are epoch minutes. */
export interface FleetPlan {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly operators: readonly Operator[];
  readonly keys: readonly KeyPlan[];
  readonly attacks: readonly Attack[];
}

/** Whole minutes of NDJSON. A minute with more events than fit comes as several batches with the same span. */
export interface EventBatch {
  /** Events of docs/events.md in time order, each line ended by a line feed; "" when nothing happened. */
  readonly lines: string;
  readonly count: number;
  /** Half-open span of the minutes that the batch speaks of, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** The fleet's events in order of time, in batches of at most so many. */
export function* batchesOf(plan: FleetPlan, maxEvents: number): Generator<EventBatch, void, undefined> {
  if (!(maxEvents >= 1)) throw new RangeError("a batch holds at least one event");
  const buffer = new MinuteBuffer();
  const keys = plan.keys.map((key) => ({
    story: new KeyStory(plan.seed, key, plan.attacks),
    writer: new EventWriter(key.profile.keyId, buffer),
  }));
  let waiting: string[] = [];
  let from = plan.from;
  for (let minute = plan.from; minute < plan.to; minute++) {
    for (const { story, writer } of keys) {
      story.count(minute);
      story.write(minute, writer);
    }
    const lines: string[] = [];
    buffer.drainInto(lines, minute);
    if (waiting.length + lines.length > maxEvents && from < minute) {
      yield toBatch(waiting, from, minute);
      waiting = [];
      from = minute;
    }
    for (; lines.length > maxEvents; lines.splice(0, maxEvents))
      yield toBatch(lines.slice(0, maxEvents), minute, minute + 1);
    waiting.push(...lines);
  }
  if (from < plan.to) yield toBatch(waiting, from, plan.to);
}

function toBatch(lines: readonly string[], from: number, to: number): EventBatch {
  const text = lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  return { lines: text, count: lines.length, from: from * MINUTE_MS, to: to * MINUTE_MS };
}
