import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { shortenAround, shortenText } from "../../text/shorten-text.js";
import { clockText } from "../../text/clock-text.js";
import { activityOf } from "./activity-text.js";
import { countText, dollarText } from "../../text/amounts.js";
import { keysOf, statisticsOf } from "../../model/finding/finding-statistics.js";

/** What a phone shows without unlocking. */
export const LONGEST_SUMMARY = 120;
const LONGEST_NAME = 28;
const LONGEST_OWNER = 20;

/** Key, owner, what, since when and how much, in at most 120 characters: what is too long gives way in the middle, never the end. */
export function pageSummary(finding: Finding, key: KeyVersion | null): string {
  const { who, what } = partsOf(finding, key);
  const micros = (statisticsOf(finding).since_onset?.spend_micros ?? 0) > 0 ? costText(finding) : "";
  const end = `, ${spanText(finding)}${micros}`;
  const head = who === "" ? "" : `${who}: `;
  const room = LONGEST_SUMMARY - lengthOf(head) - lengthOf(end);
  const short = lengthOf(what) <= room ? null : inFewWords(finding);
  return `${head}${shortenAround(short ?? what, room)}${end}`;
}

/** The heart of a matter of fact, for names that leave little room. */
function inFewWords({ cause, statistics }: Finding): string | null {
  const { requests, refused } = statistics as { requests?: unknown; refused?: unknown };
  if (typeof requests !== "number") return null;
  const cost = typeof statistics["spend_micros"] === "number" ? `, ${dollarText(statistics["spend_micros"])}` : "";
  if (cause === "outside_allowed") return `${countText(requests)} requests from outside its allowed networks${cost}`;
  if (cause !== "revoked_use") return null;
  if (requests > 0) return `revoked, and ${countText(requests)} requests were served${cost}`;
  return `revoked, ${countText(Number(refused ?? 0))} requests refused from networks it never used`;
}

/** Since when, and for what has ended until when, with the day where it is not that of the check. */
function spanText(finding: Finding): string {
  const { onset, tick } = finding;
  const activity = activityOf(finding);
  const last = activity === null || activity.is_going_on ? null : activity.last_at;
  if (last === null) return `since ${clockText(onset, tick)}`;
  return `from ${clockText(onset, tick).replace(" UTC", "")} to ${clockText(Date.parse(last), tick)}`;
}

function costText(finding: Finding): string {
  const { since_onset: since } = statisticsOf(finding);
  const micros = since === undefined ? 0 : since.novel_spend_micros || since.spend_micros;
  return `, ${dollarText(micros)}`;
}

function partsOf(finding: Finding, key: KeyVersion | null): { readonly who: string; readonly what: string } {
  const { network, since_onset: since } = statisticsOf(finding);
  if (network !== undefined && since !== undefined) {
    const place = decodeURIComponent((finding.subject ?? "").replace(/^network\//, ""));
    const what = `${countText(since.requests)} requests from ${place}, a network new to every key`;
    return { who: `${keysOf(finding).length} keys`, what };
  }
  const [name, owner] = [key?.display || finding.keyId, key?.owner ?? ""];
  const full = `${name}${owner === "" ? "" : ` (${owner})`}: `;
  const isOfKey = finding.summary.startsWith(full);
  const said = isOfKey ? finding.summary.slice(full.length) : finding.summary;
  // What stands at the end of every summary is said anew, so that it is never what is cut off.
  const what = said
    .replace(/,? since (\d{4}-)?(\d\d-\d\d )?\d\d:\d\d UTC/, "")
    .replace(statisticsOf(finding).since_onset === undefined ? /$^/ : /, \$[\d,.]+(?=$|;)/, "");
  if (!isOfKey) return { who: "", what };
  return {
    who: `${shortenText(name, LONGEST_NAME)}${owner === "" ? "" : ` (${shortenText(owner, LONGEST_OWNER)})`}`,
    what,
  };
}

const lengthOf = (text: string) => Array.from(text).length;
