import type { Cause, Finding } from "../../model/finding/finding.js";
import type { Headline } from "../../model/finding/headline.js";
import { shortenAround, shortenText } from "../../text/shorten-text.js";
import { spanText } from "../../text/clock-text.js";
import { activityOf } from "./activity-text.js";
import { dollarText, requestsText } from "../../text/amounts.js";
import { endedAt } from "../../model/finding/activity.js";
import type { FindingFacts } from "../../model/finding/finding-statistics.js";

/** What a phone shows without unlocking. */
const LONGEST_SUMMARY = 120;
const LONGEST_NAME = 28;
const LONGEST_OWNER = 20;
const AUDITED: ReadonlySet<Cause> = new Set<Cause>(["rotation_due", "scope"]);

/** Key, owner, what, since when and how much, in at most 120 characters: what is too long gives way in the middle, never the end. */
export function pageSummary(finding: Finding): string {
  const { headline } = finding;
  // What audits find says its own dates.
  const end = AUDITED.has(finding.cause)
    ? ""
    : `, ${spanText(finding.onset, endedAt(activityOf(finding)), finding.tick)}${costText(finding)}`;
  const head = whoText(headline);
  const room = LONGEST_SUMMARY - lengthOf(head) - lengthOf(end);
  const short = lengthOf(headline.brief) <= room ? null : inFewWords(finding);
  return `${head}${shortenAround(short ?? headline.brief, room)}${end}`;
}

/** The heart of a matter of fact, for names that leave little room. */
function inFewWords({ cause, statistics }: FindingFacts): string | null {
  if (cause !== "outside_allowed" && cause !== "revoked_use") return null;
  const { requests, spend_micros: micros } = statistics;
  const cost = ` (${dollarText(micros)})`;
  if (cause === "outside_allowed") return `${requestsText(requests)} from outside its allowed networks${cost}`;
  if (requests > 0) return `revoked, but ${requestsText(requests)} served${cost}`;
  return `revoked, ${requestsText(statistics.refused)} refused from networks new to it`;
}

function costText({ cause, statistics }: FindingFacts): string {
  if (cause !== "leak") return "";
  const { spend_micros: all, novel_requests: blamed, novel_spend_micros: novel } = statistics.since_onset;
  // What is blamed may have cost nothing, as what was refused did: the key's other use is not its cost.
  const micros = blamed > 0 ? novel : all;
  return micros > 0 ? ` (${dollarText(micros)})` : "";
}

function whoText({ key }: Headline): string {
  if (key === null) return "";
  const owner = key.owner === null ? "" : ` (${shortenText(key.owner, LONGEST_OWNER)})`;
  return `${shortenText(key.name, LONGEST_NAME)}${owner}: `;
}

const lengthOf = (text: string) => Array.from(text).length;
