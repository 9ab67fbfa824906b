import { LEAST_ADDITIVE } from "../../../detect/measure.js";
import type { Verdict } from "../../../detect/judge-key.js";
import { FOREIGN_LEVELS, NOVELTY_LEVELS, SYSTEM_LEVELS, type NoveltyLevel } from "../../../model/finding/novelty.js";

/** What the evidence is about: sources or programs that are new to the key, or what it was refused; null: neither. */
export type Blamed = "sources" | "clients" | "refusals" | null;

/** Whom or what the loudest evidence of the winning window is about, and at which levels these are new to the key. */
export interface Blame {
  readonly blamed: Blamed;
  readonly levels: readonly NoveltyLevel[];
}

/** Whom or what a verdict blames. */
export function whatIsBlamed(verdict: Verdict): Blame {
  const { window, expert, surprises } = verdict.statistics;
  if (expert === "explorer") return { blamed: "refusals", levels: [] };
  // What its peers know is a new key's own: what is foreign to both is all that its score looked at.
  if (expert === "first_days") return { blamed: "sources", levels: foreignLevels(verdict) };
  const level = surprises[window]?.level ?? null;
  // Who comes with another program from elsewhere is told by where from: that can be blocked.
  if ((expert === "newcomer" || expert === "program") && level !== null)
    return { blamed: "sources", levels: withSiblings(NOVELTY_LEVELS[level]!, verdict) };
  if (expert === "program") return { blamed: "clients", levels: ["client"] };
  return { blamed: null, levels: [] };
}

/**
 * A level with those of the same breadth that came in addition as well: who comes from a hoster and from somebody's line at once is new at both, while
 * a network that the key moves to is new too and nobody's fault.
 */
function withSiblings(level: NoveltyLevel, { statistics: { window, novel } }: Verdict): readonly NoveltyLevel[] {
  const systems = SYSTEM_LEVELS.map((index) => NOVELTY_LEVELS[index]!);
  if (!systems.includes(level)) return [level];
  const cameInAddition = (other: NoveltyLevel) => (novel[other]?.additive_share[window] ?? 0) >= LEAST_ADDITIVE;
  return systems.filter((other) => other === level || cameInAddition(other));
}

function foreignLevels({ statistics: { window, novel } }: Verdict): readonly NoveltyLevel[] {
  const foreign = [...FOREIGN_LEVELS].map((index) => NOVELTY_LEVELS[index]!);
  return foreign.filter((level) => (novel[level]?.requests[window] ?? 0) > 0);
}
