import type { Page } from "../../model/incident/page.js";
import type { Store } from "../../store/store.js";

/** Puts pages into the outbox; those that are there already stay as they are. */
export async function writeToOutbox(
  store: Pick<Store, "insertPageState">,
  pages: readonly Page[],
  now: number,
): Promise<void> {
  for (const page of pages)
    await store.insertPageState(page, { state: "pending", at: now, responseStatus: 0, problem: "" });
}
