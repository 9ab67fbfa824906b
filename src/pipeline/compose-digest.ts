import { PLACES_PER_STEP } from "./compose-pages.js";
import { SEVERITY_RANK, type Page } from "../model/page.js";
import { toPagerDutyEvent } from "../page/pagerduty-event.js";

/** What of a page a digest repeats. */
export type ToldPage = Pick<Page, "pageId" | "incidentId" | "keyId" | "severity" | "body">;

/** The id of a digest that begins at an instant (epoch ms) for an integration. */
export function digestIdOf(routingRef: string, at: number): string {
  return `digest/${routingRef === "" ? "" : `${encodeURIComponent(routingRef)}/`}${new Date(at).toISOString()}`;
}

/** One page that lists many: what each said in its first line, by key. */
export function digestPage(
  of: { readonly digestId: string; readonly routingRef: string; readonly place: number; readonly at: number },
  told: readonly ToldPage[],
  baseUrl: string | null,
): Page {
  const worst = told.reduce((a, b) => (SEVERITY_RANK[b.severity] > SEVERITY_RANK[a.severity] ? b : a)).severity;
  const keys = [...new Set(told.map(({ keyId, incidentId }) => keyId || incidentId))].toSorted();
  const lines = told.map(({ severity, body }) => `${severity}: ${summaryOf(body)}`).toSorted();
  const href = baseUrl === null ? [] : [{ href: baseUrl, text: "All incidents" }];
  const body = toPagerDutyEvent({
    action: "trigger",
    dedupKey: `plimsoll/${of.digestId}`,
    summary: `${keys.length} keys at once (${keys.slice(0, 3).join(", ")}${keys.length > 3 ? ", …" : ""}): one page for ${told.length} incidents`,
    source: "plimsoll",
    severity: worst,
    at: of.at,
    class: "digest",
    customDetails: {
      why_one_page: `${told.length} incidents began together; each would have paged by itself`,
      what_to_do:
        "Look for what they have in common (an owner, a network, a deploy, a fault of ours) before you look at single keys: `plimsoll incidents list`",
      keys,
      incidents: lines,
    },
    links: href,
    client: "Plimsoll",
    ...(baseUrl === null ? {} : { clientUrl: baseUrl }),
  });
  return pageOfDigest(of, "trigger", worst, body);
}

/** The end of a digest. */
export function digestEnd(
  of: { readonly digestId: string; readonly routingRef: string; readonly place: number },
  at: number,
): Page {
  const dedupKey = `plimsoll/${of.digestId}`;
  const input = { action: "resolve", dedupKey, summary: "", source: "", severity: "info", at, client: "" } as const;
  return pageOfDigest(of, "resolve", "info", toPagerDutyEvent({ ...input, customDetails: {}, links: [] }));
}

function pageOfDigest(
  { digestId, routingRef, place }: { digestId: string; routingRef: string; place: number },
  action: Page["action"],
  severity: Page["severity"],
  body: string,
): Page {
  return {
    pageId: `${digestId}/${place / PLACES_PER_STEP}/${action}`,
    incidentId: digestId,
    keyId: "",
    action,
    dedupKey: `plimsoll/${digestId}`,
    severity,
    place,
    routingRef,
    body,
  };
}

function summaryOf(body: string): string {
  const { payload } = JSON.parse(body) as { payload?: { summary?: string } };
  return payload?.summary ?? "";
}
