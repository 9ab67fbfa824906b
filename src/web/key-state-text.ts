import type { KeyState } from "../model/key/key-state.js";
import { minuteOf } from "./layout.js";

const TEXTS: Readonly<Record<KeyState, readonly [text: string, meaning: string]>> = {
  incident: ["incident", "An incident about this key is open."],
  still_leaking: ["still leaking", "Its incident was resolved, but the same traffic continues."],
  under_suspicion: [
    "under suspicion",
    "It was paged about in the last day: its traffic is not learned until it has a day without findings.",
  ],
  learning: ["learning", "Used for less than three days: only its networks can be judged yet, not its rate and spend."],
  no_baseline: ["no baseline", "No baseline yet: only fleet-wide statistics are used."],
  ok: ["OK", "No findings up to the newest check; judged by its own baseline."],
};

/** A key's state in a word or two. Where checks are not up to date (`checkedUntil`, epoch ms; null: nothing was ever checked) OK is said as of then. */
export function keyStateText(state: KeyState, checkedUntil: number | null | undefined): string {
  if (state !== "ok" || checkedUntil === undefined) return TEXTS[state][0];
  return checkedUntil === null ? "not checked yet" : `OK as of ${minuteOf(checkedUntil)}`;
}

/** What a state means, in a sentence. */
export function keyStateTitle(state: KeyState): string {
  return TEXTS[state][1];
}
