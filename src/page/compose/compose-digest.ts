import { byGravity, type Gravity } from "../../model/finding/gravity.js";
import type { Page } from "../../model/incident/page.js";
import { toPagerDutyEvent } from "../pagerduty-event.js";
import { countText } from "../../text/amounts.js";

/** What of a page a digest repeats. */
export type ListedPage = Pick<Page, "pageId" | "incidentId" | "keyId" | "severity" | "body"> & Gravity;

/** PagerDuty takes 512,000 bytes and would be sent none of a list that is too long: both are cut before that. */
const MOST_KEY_BYTES = 80_000;
const MOST_LINE_BYTES = 320_000;

/** The id of a digest that begins at an instant (epoch ms) for an integration. */
export function digestIdOf(routingRef: string | null, at: number): string {
  return `digest/${routingRef === null ? "" : `${encodeURIComponent(routingRef)}/`}${new Date(at).toISOString()}`;
}

/** One page that lists many, the gravest first: what each said in its first line. */
export function digestPage(
  of: { readonly digestId: string; readonly routingRef: string | null; readonly step: number; readonly at: number },
  told: readonly ListedPage[],
  baseUrl: string | null,
): Page {
  const ranked = told.toSorted((a, b) => byGravity(a, b) || (a.pageId < b.pageId ? -1 : 1));
  const worst = ranked[0]!.severity;
  const keys = [...new Set(ranked.map(({ keyId, incidentId }) => keyId || incidentId))];
  const lines = ranked.map(({ severity, body }) => `${severity}: ${summaryOf(body)}`);
  const href = baseUrl === null ? [] : [{ href: baseUrl, text: "All incidents" }];
  const body = toPagerDutyEvent({
    action: "trigger",
    notification: of.step === 1 ? "opened" : "updated",
    dedupKey: `plimsoll/${of.digestId}`,
    summary: `${keys.length} keys at once (${keys.slice(0, 3).join(", ")}${keys.length > 3 ? ", …" : ""}): one page for ${told.length} incidents`,
    source: "plimsoll",
    severity: worst,
    at: of.at,
    class: "digest",
    customDetails: {
      why_one_page: `${told.length} incidents began together; each would have paged on its own`,
      next_steps:
        "Look for what they have in common (an owner, a network, a deploy, a fault in Plimsoll) before looking at single keys: `plimsoll incidents list`",
      keys: cutTo(keys, MOST_KEY_BYTES, "keys"),
      incidents: cutTo(lines, MOST_LINE_BYTES, "incidents"),
    },
    links: href,
    client: "Plimsoll",
    ...(baseUrl === null ? {} : { clientUrl: baseUrl }),
  });
  return pageOfDigest(of, "trigger", worst, body);
}

/** The end of a digest. */
export function digestEnd(
  of: { readonly digestId: string; readonly routingRef: string | null; readonly step: number },
  at: number,
): Page {
  const dedupKey = `plimsoll/${of.digestId}`;
  const body = toPagerDutyEvent({
    action: "resolve",
    dedupKey,
    summary: "Every incident of this digest is over",
    source: "plimsoll",
    severity: "info",
    at,
    class: "digest",
    customDetails: {},
    links: [],
    client: "Plimsoll",
  });
  return pageOfDigest(of, "resolve", "info", body);
}

function pageOfDigest(
  { digestId, routingRef, step }: { digestId: string; routingRef: string | null; step: number },
  action: Page["action"],
  severity: Page["severity"],
  body: string,
): Page {
  return {
    pageId: `${digestId}/${step}/${action}`,
    topic: "digest",
    isMinimal: false,
    incidentId: digestId,
    keyId: null,
    action,
    dedupKey: `plimsoll/${digestId}`,
    severity,
    step,
    place: 0,
    routingRef,
    body,
  };
}

/** As many of some texts as fit into so many bytes, and how many more there are. */
function cutTo(texts: readonly string[], mostBytes: number, what: string): readonly string[] {
  let bytes = 0;
  const end = texts.findIndex((text) => (bytes += Buffer.byteLength(JSON.stringify(text)) + 1) > mostBytes);
  if (end < 0) return texts;
  return [...texts.slice(0, end), `and ${countText(texts.length - end)} more ${what}: plimsoll incidents list`];
}

function summaryOf(body: string): string {
  const { payload } = JSON.parse(body) as { payload?: { summary?: string } };
  return payload?.summary ?? "";
}
