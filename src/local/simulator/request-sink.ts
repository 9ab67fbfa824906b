import type { Attack } from "./attacks.js";
import type { Random } from "./random.js";
import type { Route } from "./services.js";
import type { Caller } from "./source-pool.js";

/** Who sends some of a minute's requests, how many, and how they are spread over the minute. */
export interface Sender {
  /** Null: the key's holders. */
  readonly theft: Attack | null;
  readonly count: number;
  readonly spacing: "even" | "random" | "first_half";
  /** Chance for the instants alone, so that whoever needs none does not move anything else. */
  readonly instants: Random;
}

/** Takes the requests of a key's minute in groups that agree in everything but instant, latency and size. */
export interface RequestSink {
  /** What follows is from this sender. */
  begin(sender: Sender): void;
  /** `variant` is the first of the route's ready sizes and costs; the group's others follow on it. */
  add(caller: Caller, route: Route, status: number, count: number, variant: number): void;
}
