import { namedWithId } from "../../model/key/key.js";
import { groupBy } from "../../model/group-by.js";
import { changeTexts, type KeyChange } from "../../model/key/key-change.js";
import type { Page } from "../../model/incident/page.js";
import { toPagerDutyChange } from "../../page/pagerduty-event.js";
import { HOUR_MS } from "../../time/day.js";
import { NO_DESTINATIONS, type DeliverDeps } from "./deliver-pages.js";
import { writeToOutbox } from "./outbox.js";

/** What was changed longer ago is no context for what happens now. */
const TOLD_FOR_MS = 25 * HOUR_MS;

/**
 * Puts changes of the registry that nobody told PagerDuty of into the outbox: one change event for all that was written together.
 * It is asked for anew in every pass, so that whoever changes a key needs to know nothing of PagerDuty.
 */
export async function publishKeyChanges(
  { store, pager, baseUrl, destinations = NO_DESTINATIONS }: DeliverDeps,
  now: number,
): Promise<{ readonly told: number }> {
  // Nobody to tell: they would wait, and be taken for pages that cannot be delivered.
  if (pager === null && destinations().size === 0) return { told: 0 };
  const changes = await store.registry.readUntoldChanges(now - TOLD_FOR_MS);
  const acts = groupBy(changes, (change) => pageIdOf(change));
  const pages = [...acts.values()].map((act) => changePage(act, baseUrl));
  await writeToOutbox(store, pages, now);
  return { told: pages.length };
}

/** As sql/queries/registry/key-changes.sql names it. */
function pageIdOf({ recordedAt, routingRef }: KeyChange): string {
  return `change/${recordedAt}/${routingRef}`;
}

function changePage(act: readonly KeyChange[], baseUrl: string | null): Page {
  const [first] = act as [KeyChange, ...KeyChange[]];
  const lines = act.map((change) => `${namedWithId(change.display, change.keyId)}: ${changeTexts(change).join("; ")}`);
  const left = first.keysOfAct - act.length;
  const by = first.recordedBy === "" ? "" : `, by ${first.recordedBy}`;
  const keys = [...new Set(act.map(({ keyId }) => keyId))];
  const href =
    baseUrl === null
      ? []
      : keys.map((keyId) => ({
          href: new URL(`keys/${encodeURIComponent(keyId)}`, `${baseUrl.replace(/\/$/, "")}/`).href,
          text: keyId,
        }));
  const pageId = pageIdOf(first);
  return {
    pageId,
    topic: "change",
    isMinimal: false,
    incidentId: pageId,
    keyId: keys.length === 1 && left === 0 ? first.keyId : null,
    action: "change",
    dedupKey: null,
    severity: "info",
    step: 0,
    place: 0,
    routingRef: first.routingRef || null,
    body: toPagerDutyChange({
      summary:
        left === 0 && act.length === 1
          ? `${lines[0]}${by}`
          : `${first.keysOfAct} keys changed${by}: ${lines.join(". ")}`,
      source: keys.length === 1 ? first.keyId : "plimsoll",
      at: first.validFrom,
      customDetails: {
        changes: left === 0 ? lines : [...lines, `and ${left} more`],
        ...(first.recordedBy === "" ? {} : { by: first.recordedBy }),
        effective_from: new Date(first.validFrom).toISOString(),
        owners: [...new Set(act.map(({ owner }) => owner || "no owner on record"))],
        services: [
          ...new Set(
            act.map(({ service, environment }) => [service, environment].filter((text) => text !== "").join(", ")),
          ),
        ].filter((text) => text !== ""),
      },
      links: href,
    }),
  };
}
