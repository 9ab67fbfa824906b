import type { MinuteBuffer } from "./minute-buffer.js";
import type { RequestSink, Sender } from "./request-sink.js";
import { outcomeOf, type Route } from "./services.js";
import type { Caller } from "./source-pool.js";

const MINUTE_MS = 60_000;
/** Robots are late by up to so many milliseconds. */
const JITTER_MS = 400;
/** Larger than any minute's count and prime, so that steps of it visit every place in the minute once, in mixed order. */
const STRIDE = 1_000_003;

/** Turns a key's groups into single events, each with an instant, a latency and a size of its own. */
export class EventWriter implements RequestSink {
  readonly #keyId: string;
  readonly #buffer: MinuteBuffer;
  #sender: Sender | undefined;
  #written = 0;

  constructor(keyId: string, buffer: MinuteBuffer) {
    this.#keyId = keyId;
    this.#buffer = buffer;
  }

  begin(sender: Sender): void {
    this.#sender = sender;
    this.#written = 0;
  }

  add({ ip, userAgent }: Caller, route: Route, status: number, count: number, variant: number): void {
    const source = `,"key_id":"${this.#keyId}","source_ip":"${ip}","user_agent":${JSON.stringify(userAgent)}`;
    for (let i = 0; i < count; i++)
      this.#buffer.add(this.#nextInstant(this.#sender as Sender), source + outcomeOf(route, status, variant + i));
  }

  /** Milliseconds after the minute's beginning. */
  #nextInstant({ spacing, count, instants }: Sender): number {
    if (spacing === "random") return instants.below(MINUTE_MS);
    // What cron starts comes in the first half of the minute.
    if (spacing === "first_half") return instants.below(MINUTE_MS / 2);
    const place = (this.#written++ * STRIDE) % count;
    return Math.floor((place / count) * (MINUTE_MS - JITTER_MS)) + instants.below(JITTER_MS);
  }
}
