import type { EventCount } from "./event-counts.js";
import type { Heartbeat } from "./heartbeat.js";

/** What is known of a block, by field. */
type Meta = Readonly<Record<string, string>>;

const HEARD = "heard:";
const COUNT = "count:";

/** A count's field in what is known of a block, and its number. */
export function countArgs({ hour, process, source, events }: EventCount): [string, number] {
  return [`${COUNT}${hour}:${process}:${source}`, events];
}

/** The counts of a block. */
export function countsOf(meta: Meta): EventCount[] {
  return fieldsOf(meta, COUNT).map((field) => {
    const [, hour, process = "", ...source] = field.split(":");
    return { hour: Number(hour), process, source: source.join(":"), events: Number(meta[field]) };
  });
}

/** The heartbeats of a block. */
export function heartbeatsOf(meta: Meta): Heartbeat[] {
  return fieldsOf(meta, HEARD).map((field) => {
    const [, minute, ...source] = field.split(":");
    return { minute: Number(minute), source: source.join(":") };
  });
}

function fieldsOf(meta: Meta, start: string): string[] {
  return Object.keys(meta).filter((field) => field.startsWith(start));
}
