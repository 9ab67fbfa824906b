import type { Beginning } from "./beginning.js";
import type { Theft } from "./traffic-of-key.js";

/** What Plimsoll can know of a theft in a key's first two days. */
export type FirstDaysCase =
  | "from networks that none of its peers had used"
  | "from a network that a peer had used"
  | "of a key that was created long before"
  | "of a key that tells its allowed networks";

/** What it is of a theft; null for one of an old key. */
export function firstDaysCase({ kind, systems }: Theft, beginning: Beginning): FirstDaysCase | null {
  if (kind !== "O") return null;
  if (beginning.kind === "all") return "of a key that tells its allowed networks";
  if (beginning.kind === "dormant") return "of a key that was created long before";
  return [...systems].some((asn) => beginning.know(`as/${asn}`))
    ? "from a network that a peer had used"
    : "from networks that none of its peers had used";
}
