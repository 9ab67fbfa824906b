import type { OutboxPage, Page } from "../../model/incident/page.js";
import { toPagerDutyEvent } from "../pagerduty-event.js";
import { countText } from "../../text/amounts.js";
import { minuteText } from "../../text/clock-text.js";

const LINES = 100;

/** The id of the notice about incidents of an integration that were over before their pages could be sent, the first of them written at an instant. */
export function lateIdOf(routingRef: string | null, pages: readonly Pick<OutboxPage, "createdAt">[]): string {
  const first = Math.min(...pages.map(({ createdAt }) => createdAt));
  return `late/${routingRef === null ? "" : `${encodeURIComponent(routingRef)}/`}${new Date(first).toISOString()}`;
}

/** One notice in place of pages that nobody needs to be woken by any more: it says what each said in its first line. */
export function latePage(
  routingRef: string | null,
  pages: readonly OutboxPage[],
  at: number,
  baseUrl: string | null,
): Page {
  const incidentId = lateIdOf(routingRef, pages);
  const incidents = new Set(pages.map((page) => page.incidentId)).size;
  const subjects = [...new Set(pages.map((page) => page.keyId || page.incidentId))];
  const lines = pages.map(
    ({ severity, createdAt, body }) => `${minuteText(createdAt)} ${severity}: ${summaryOf(body)}`,
  );
  const more =
    lines.length > LINES ? [`and ${countText(lines.length - LINES)} more: plimsoll incidents list --all`] : [];
  const body = toPagerDutyEvent({
    action: "trigger",
    dedupKey: `plimsoll/${incidentId}`,
    summary: `${countText(incidents)} incident${incidents === 1 ? "" : "s"} began and ended before pages could be sent (${subjects.slice(0, 3).join(", ")}${subjects.length > 3 ? ", …" : ""}): no page was sent`,
    source: "plimsoll",
    severity: "warning",
    at,
    class: "late",
    customDetails: {
      next_steps:
        "On-call was not notified of these in time. A leak that went quiet is still a leak: review each with `plimsoll incidents list --all`.",
      incidents: [...lines.slice(0, LINES), ...more],
    },
    links: baseUrl === null ? [] : [{ href: baseUrl, text: "All incidents" }],
    client: "Plimsoll",
    ...(baseUrl === null ? {} : { clientUrl: baseUrl }),
  });
  return {
    pageId: `${incidentId}/trigger`,
    topic: "late",
    isMinimal: false,
    incidentId,
    keyId: null,
    action: "trigger",
    dedupKey: `plimsoll/${incidentId}`,
    severity: "warning",
    step: 0,
    place: 0,
    routingRef,
    body,
  };
}

function summaryOf(body: string): string {
  const { payload } = JSON.parse(body) as { payload?: { summary?: string } };
  return payload?.summary ?? "";
}
