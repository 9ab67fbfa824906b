import { HISTORY_DAYS, NOVELTY_LAG_DAYS, RESIDUAL_LAG_DAYS } from "../../detect/surprise.js";
import type { KeyCard } from "./key-card.js";

/** From so many days on a key's own past weighs more than what is usual of all keys. */
const WARM_DAYS = 7;

/** One sentence on what is not known of a key yet, and what that means for a theft; null once its own past speaks. */
export function warmUpText({
  baselineDay,
  daysOfHistory,
}: Pick<KeyCard, "baselineDay" | "daysOfHistory">): string | null {
  if (baselineDay === null) {
    return "no baseline until its first UTC day is over: until then an attack may look like normal use, and only rules, allowed networks, networks that no comparable key has used and fleet-wide statistics detect it; a key that lives for hours never has one: send `principal` with its events";
  }
  if (daysOfHistory >= WARM_DAYS) return null;
  const counts = `its own days count once they are ${RESIDUAL_LAG_DAYS} (rate, spend) and ${NOVELTY_LAG_DAYS} (networks) days old`;
  return `${daysOfHistory} of ${HISTORY_DAYS} days of history: ${counts}; an attack in this time takes longer to detect, and may look like normal use`;
}
