import { minuteText } from "../../text/clock-text.js";
import type { PlacedSource, Standing } from "./place-sources.js";

/** The same for people: a system is an autonomous one, which few call that. */
const STANDINGS: Readonly<Record<Standing, string>> = {
  known: "known",
  "new address": "new address in a known network",
  "new network": "new network",
  "new system": "new network operator (AS)",
  "never served": "never served, from an unknown network",
  "outside allowed": "outside the allowed networks",
  "first use": "first use",
};

/** How an address stands to a key, in words: `new network`, or who made it familiar, and when or until when. */
export function standingText({ standing, vouched }: Pick<PlacedSource, "standing" | "vouched">): string {
  if (vouched === null) return STANDINGS[standing];
  const by = vouched.saidBy || "somebody";
  return vouched.until === null
    ? `familiar by the verdict of ${by} at ${minuteText(vouched.saidAt)}`
    : `expected by ${by} until ${minuteText(vouched.until)}`;
}
