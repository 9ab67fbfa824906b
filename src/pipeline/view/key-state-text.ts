import type { KeyState } from "../../model/key/key-state.js";
import { minuteText } from "../../text/clock-text.js";

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
/** What is known against a key stays true where nobody looks. */
const KNOWN_BAD: ReadonlySet<KeyState> = new Set<KeyState>(["incident", "still_leaking", "under_suspicion"]);

/**
 * A key's state in a word or two. Where keys are not checked (`checkedUntil`, epoch ms: until then; null: never; undefined: they are) nothing good is
 * known of it.
 */
export function keyStateText(state: KeyState, checkedUntil: number | null | undefined): string {
  return isUnknown(state, checkedUntil) ? uncheckedText(checkedUntil) : TEXTS[state][0];
}

/** What a state means, in a sentence. */
export function keyStateTitle(state: KeyState, checkedUntil: number | null | undefined): string {
  const [, meaning] = TEXTS[state];
  if (!isUnknown(state, checkedUntil)) return meaning;
  if (state !== "ok") return meaning;
  return checkedUntil === null ? "Nothing is known against it yet." : "Nothing was known against it until then.";
}

/** A key's state with what it means. */
export function keyStateSentence(state: KeyState, checkedUntil: number | null | undefined): string {
  return `${keyStateText(state, checkedUntil)}. ${keyStateTitle(state, checkedUntil)}`;
}

/** Since when no key is checked. */
export function uncheckedText(checkedUntil: number | null): string {
  return checkedUntil === null ? "not checked yet" : `not checked since ${minuteText(checkedUntil)}`;
}

function isUnknown(state: KeyState, checkedUntil: number | null | undefined): checkedUntil is number | null {
  return checkedUntil !== undefined && !KNOWN_BAD.has(state);
}
