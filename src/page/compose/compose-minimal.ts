import type { Page } from "../../model/incident/page.js";
import { suggestCommand } from "../../text/shell-quote.js";
import { shortenText } from "../../text/shorten-text.js";
import { toPagerDutyEvent } from "../pagerduty-event.js";

const LONGEST_SUMMARY = 120;

/**
 * The page that is sent when PagerDuty refused one for good: the bare minimum, under the same dedup key, so that on-call is woken all
 * the same and the incident's end ends it. Null for one that is minimal already: then nothing more can be said there.
 */
export function minimalPage(page: Page, problem: string): Page | null {
  if (page.isMinimal || page.dedupKey === null) return null;
  const { payload, links = [] } = JSON.parse(page.body) as {
    payload?: { summary?: string; timestamp?: string };
    links?: readonly { readonly href: string }[];
  };
  const body = toPagerDutyEvent({
    action: "trigger",
    dedupKey: page.dedupKey,
    summary: shortenText(plain(payload?.summary ?? page.keyId ?? ""), LONGEST_SUMMARY - 2).replace("…", "..."),
    source: "plimsoll",
    severity: page.severity,
    at: Date.parse(payload?.timestamp ?? "") || 0,
    customDetails: {
      incident: page.incidentId,
      note: `PagerDuty refused the full page (${plain(problem).slice(0, 300)}). See the incident: ${suggestCommand("incidents show", page.incidentId)}`,
    },
    links: links.slice(0, 1).filter(({ href }) => URL.canParse(href)),
    client: "Plimsoll",
  });
  return { ...page, pageId: `${page.pageId}/minimal`, isMinimal: true, place: page.place + 1, body };
}

/** What no parser stumbles over. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
