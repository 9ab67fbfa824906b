import { isFor, type Destinations } from "../../destination/destination.js";
import { readNotification, type Notification } from "../../destination/notification.js";
import type { PageCopy } from "../../model/incident/page-copy.js";
import type { Page } from "../../model/incident/page.js";
import type { PageStore } from "../../store/page/page-store.js";

/**
 * Puts copies of pages into the outbox of each destination that they are for. What goes on with an incident or ends it goes where its beginning went,
 * whatever the limits of the destination, and nowhere else. Repeated without harm: what was copied is not copied again.
 * @returns how many copies are new
 */
export async function copyPages(
  store: { readonly page: Pick<PageStore, "readCopiedPages" | "insertCopies"> },
  destinations: Destinations,
  pages: readonly Page[],
  now: number,
): Promise<number> {
  if (destinations.size === 0 || pages.length === 0) return 0;
  let written = 0;
  const copied = await store.page.readCopiedPages([...new Set(pages.map(({ incidentId }) => incidentId))]);
  const reached = new Set(copied.map(({ incidentId, destination }) => nameOf(incidentId, destination)));
  const done = new Set(copied.map(({ pageId, destination }) => nameOf(pageId, destination)));
  for (const page of pages.toSorted((a, b) => a.step - b.step || a.place - b.place)) {
    const open = [...destinations.values()].filter(({ name }) => !done.has(nameOf(page.pageId, name)));
    const notification = open.length === 0 ? null : newsOf(page);
    if (notification === null) continue;
    const begins = page.action === "trigger" || page.action === "change";
    const copies = open
      .filter(
        ({ name, filter }) =>
          reached.has(nameOf(page.incidentId, name)) || (begins && isFor(filter, page, ownersOf(notification))),
      )
      .map(({ name }) => copyOf(page, name));
    await store.page.insertCopies(copies, now);
    for (const { destination } of copies) reached.add(nameOf(page.incidentId, destination));
    written += copies.length;
  }
  return written;
}

const nameOf = (id: string, destination: string) => `${destination} ${id}`;

/** What a page says to people; null where that is nothing new: what stands in for a page that PagerDuty refused, or only ends an older one there. */
function newsOf(page: Page): Notification | null {
  if (page.isMinimal) return null;
  const notification = readNotification(page);
  return notification.kind === "superseded" ? null : notification;
}

/** A change of keys names its owners in its details alone. */
function ownersOf({ owners, details, page }: Notification): readonly string[] {
  const named = details["owners"];
  return page.topic === "change" && Array.isArray(named) ? named.map(String) : owners;
}

function copyOf({ incidentId, pageId, topic, action, step, place }: Page, destination: string): PageCopy {
  return { incidentId, pageId, destination, topic, action, step, place };
}
