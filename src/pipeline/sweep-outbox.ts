import type { Store } from "../store/store.js";

/** Hands every page that waits in the outbox over for delivery; one that is being delivered already is not added twice. */
export async function sweepOutbox(
  store: Pick<Store, "readOutbox">,
  enqueuePage: (pageId: string) => Promise<void>,
): Promise<{ readonly waiting: number }> {
  const pages = await store.readOutbox(null);
  for (const page of pages) await enqueuePage(page.pageId);
  return { waiting: pages.length };
}
