import { isFor } from "../../destination/destination.js";
import { readNotification } from "../../destination/notification.js";
import type { AlertAction, Page } from "../../model/incident/page.js";
import { toPagerDutyEvent } from "../../page/pagerduty-event.js";
import { countedText } from "../../text/amounts.js";
import { NO_DESTINATIONS, type DeliverDeps } from "../page/deliver-pages.js";

const DEDUP_KEY = "plimsoll/coverage/part/clickhouse";

/** Tells of an outage of ClickHouse. */
export interface OutagePage {
  /** Sends the page about it, or its end to those that were told of the begin. Instants are epoch ms. */
  readonly tell: (action: AlertAction, since: number, now: number) => Promise<void>;
}

/**
 * Tells of an outage of ClickHouse directly, as nothing can be put on file: PagerDuty in every round, under a dedup key that all processes share; each
 * destination once, and of the end only where it was told of the begin and is meant still.
 */
export function openOutagePage({
  pager,
  destinations = NO_DESTINATIONS,
}: Pick<DeliverDeps, "pager" | "destinations">): OutagePage {
  const told = new Map<string, number>();
  const sending = new Set<string>();
  let isPagerTold = true; // by whoever watched before: the first end goes there
  const tellDestinations = (page: Page, since: number, now: number): void => {
    for (const name of told.keys()) {
      const filter = destinations().get(name)?.filter;
      if (filter === undefined || !isFor(filter, page, [])) told.delete(name);
    }
    for (const { name, filter, send } of destinations().values()) {
      const begins = page.action === "trigger";
      if (sending.has(name) || told.has(name) === begins || !isFor(filter, page, [])) continue;
      sending.add(name);
      // The same of every try, and another of every outage.
      const pageId = `${page.pageId}/${new Date(told.get(name) ?? since).toISOString()}/${page.action}`;
      void send(readNotification({ ...page, pageId }), { at: now }).then(({ kind }) => {
        sending.delete(name);
        if (kind !== "retry" && begins) told.set(name, since);
        if (kind !== "retry" && !begins) told.delete(name);
        return kind;
      });
    }
  };
  return {
    tell: async (action, since, now) => {
      const page = outagePage(action, since, now);
      tellDestinations(page, since, now);
      const begins = action === "trigger";
      if (pager === null || (!begins && !isPagerTold)) return;
      const { kind } = await pager.send(page);
      if (kind !== "retry") isPagerTold = begins;
    },
  };
}

function outagePage(action: AlertAction, since: number, now: number): Page {
  const minutes = Math.round((now - since) / 60_000);
  const summary =
    action === "resolve"
      ? "ClickHouse answers again"
      : `Blind: ClickHouse has not answered for ${countedText(minutes, "minute")}; no key is watched, and other pages wait`;
  const body = toPagerDutyEvent({
    action,
    dedupKey: DEDUP_KEY,
    summary,
    source: "plimsoll",
    severity: "critical",
    at: since,
    class: "coverage",
    customDetails: {
      next_steps:
        "Restore ClickHouse: `plimsoll doctor`. Accepted events wait in Redis; missed minutes are checked afterwards.",
    },
    links: [],
    client: "Plimsoll",
  });
  return {
    pageId: DEDUP_KEY,
    topic: "plimsoll",
    isMinimal: false,
    incidentId: DEDUP_KEY,
    keyId: null,
    action,
    dedupKey: DEDUP_KEY,
    severity: "critical",
    step: 0,
    place: 0,
    routingRef: null,
    body,
  };
}
