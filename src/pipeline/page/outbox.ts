import type { Page } from "../../model/incident/page.js";
import type { PageStore } from "../../store/page/page-store.js";

/** Puts pages into the outbox; those that are there already stay as they are. */
export async function writeToOutbox(
  store: { readonly page: Pick<PageStore, "insertPageState"> },
  pages: readonly Page[],
  now: number,
): Promise<void> {
  for (const page of pages)
    await store.page.insertPageState(page, { state: "pending", at: now, responseStatus: 0, problem: "" });
}
