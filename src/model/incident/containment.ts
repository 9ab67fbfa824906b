/** What a guard can be asked to do to a key. `deny_networks` leaves whoever comes from elsewhere alone. */
export const CONTAINMENT_ACTIONS = ["throttle", "deny_networks", "freeze"] as const;
export type ContainmentAction = (typeof CONTAINMENT_ACTIONS)[number];

/** What a call brings about: the action, or its end. */
export const CALL_EFFECTS = ["apply", "undo"] as const;
export type CallEffect = (typeof CALL_EFFECTS)[number];

/** One call to what guards a key, as it is on file before it is sent. Where the guard is, and its secret, never leave the environment. */
export interface ContainmentCall {
  /** The same on each try: receivers know a repeat by it. */
  readonly callId: string;
  /** The containment that it begins or ends: its incident, and the step that asked for it. */
  readonly containmentId: string;
  readonly incidentId: string;
  readonly keyId: string;
  /** Name of the guard in PLIMSOLL_GUARDS. */
  readonly guard: string;
  /** How the guard calls the key. */
  readonly guardRef: string;
  readonly effect: CallEffect;
  readonly action: ContainmentAction;
  /** Blocks (CIDR) or addresses, of `deny_networks`; else none. */
  readonly networks: readonly string[];
  /** Requests a minute, of `throttle`; else null. */
  readonly limitPerMinute: number | null;
  /** Epoch ms at which it is undone by itself. */
  readonly until: number;
  /** Step of the incident: of two calls about one containment the later step holds. */
  readonly step: number;
  /** Epoch ms at which it was asked for. */
  readonly at: number;
}

/** What a step of an incident says of a containment. */
export interface ContainmentNote {
  readonly containmentId: string;
  /** The call that the step asks for; null where it says what became of one. */
  readonly call: ContainmentCall | null;
  /** One sentence for people. */
  readonly text: string;
}

/** How far a call got; `dropped`: not sent, since the containment was undone before. */
export const CALL_STATES = ["pending", "retrying", "sent", "failed", "dropped"] as const;
export type CallState = (typeof CALL_STATES)[number];

/** What became of a call; instants are epoch ms. */
export interface CallProgress {
  readonly callId: string;
  readonly state: CallState;
  readonly createdAt: number;
  /** When it came to this state. */
  readonly changedAt: number;
  /** Tries so far that are to be repeated. */
  readonly attempts: number;
  readonly notBefore: number;
  /** HTTP status of the last answer; 0 when there was none. */
  readonly status: number;
  readonly problem: string;
}

/** A containment lasts a day unless somebody says otherwise, and 30 at most: what must last longer belongs in the guard's own rules. */
export const USUAL_CONTAINED_HOURS = 24;
const MOST_CONTAINED_HOURS = 720;
/** Its effect is looked at minutes after the guard accepted it: what is shorter ends before that. */
const LEAST_CONTAINED_HOURS = 0.5;

/** How long a containment may last, as it is asked for everywhere. */
export const CONTAINED_HOURS = `a number of hours from ${LEAST_CONTAINED_HOURS} to ${MOST_CONTAINED_HOURS}`;

/** How long (hours) a containment lasts, from what somebody typed; null where that is not to be had. */
export function parseContainedHours(text: string): number | null {
  const hours = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  return hours >= LEAST_CONTAINED_HOURS && hours <= MOST_CONTAINED_HOURS ? hours : null;
}
