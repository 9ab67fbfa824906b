import type { z } from "zod";
import type { DesiredState } from "../contain/desired-state.js";
import type { ContainmentAction, ContainmentCall } from "../model/incident/containment.js";
import type { DeliveryVerdict } from "../model/incident/page.js";
import type { Secret } from "../secret.js";

/** What a target is asked: a call, and all that is to hold of its action on the key after it. */
export interface Asked {
  readonly call: ContainmentCall;
  /** For targets that keep one rule of an action, and not one of each containment. Null: nothing is to hold any more. */
  readonly desired: DesiredState | null;
}

/** One request to a target as it may be shown: no secret is in it. */
export interface GuardRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text or a form; null: none. */
  readonly body: string | null;
  /**
   * Whether an answer says that it holds now, also that it did before: any 2xx unless given. A login page or another program says 200, too, or 404 to what is
   * to be gone. `isCut`: the rest of the answer did not come in the time that it is given.
   */
  readonly isDone?: (status: number, answer: string, isCut: boolean) => boolean;
  /** How much of the answer is read for that; 64 KiB unless given. */
  readonly mostBytes?: number;
}

/** How a guard_ref is compared with what a request carries. */
export type RefMatch = "contains" | "equals";

/** Sends one request and judges the answer. */
export type AskTarget = (request: GuardRequest) => Promise<DeliveryVerdict>;

/** How a target's API is spoken. Retries, the outbox and what is said of it are the driver's (src/pipeline/contain). */
export interface Target<Settings extends z.ZodType = z.ZodType> {
  /** What `type` in PLIMSOLL_GUARDS calls it. */
  readonly type: string;
  /** What it can be asked to do. */
  readonly actions: readonly ContainmentAction[];
  /** Its fields in PLIMSOLL_GUARDS beside `type`; secrets become a Secret. */
  readonly settings: Settings;
  /** Why a call cannot be made of this, naming the field and the fix; null where it can. Nothing is sent then. */
  readonly problemOf?: (asked: Asked, settings: z.output<Settings>) => string | null;
  /** How requests are told to be a key's by its guard_ref: by a part of what they carry, so that a guard_ref that is in another's hits that key, too, or by all of it. Left out: by neither. */
  readonly match?: (settings: z.output<Settings>) => RefMatch;
  /** Requests to send, one after the other, each safe to repeat. */
  readonly requests: (asked: Asked, settings: z.output<Settings>) => readonly GuardRequest[];
  /** Where what is sent follows from what was answered: sends it all, safe to repeat; `requests` is then what people are shown. */
  readonly converse?: (asked: Asked, settings: z.output<Settings>, ask: AskTarget) => Promise<DeliveryVerdict>;
  /** Headers with which a request is allowed, made for each try at an instant (epoch ms). */
  readonly authorize: (
    request: GuardRequest,
    asked: Asked,
    settings: z.output<Settings>,
    at: number,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** What must not come back in a problem, whoever echoes it; of an address each part that may be a token. */
  readonly secrets: (settings: z.output<Settings>) => readonly (Secret | URL)[];
}

/** Defines a target. */
export function defineTarget<Settings extends z.ZodType>(target: Target<Settings>): Target<Settings> {
  return target;
}
