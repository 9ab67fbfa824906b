import type { Store } from "../../src/store/store.js";

const MERGES_END_WITHIN_MS = 900_000;

/** Waits until nothing is merged any more: an old database has few parts. */
export async function untilMerged(store: Store): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    const result = await store.client.query({
      query: "SELECT count() AS merges FROM system.merges",
      format: "JSONEachRow",
    });
    if ((await result.json<{ merges: number }>())[0]!.merges === 0) return;
    if (performance.now() - startedAt > MERGES_END_WITHIN_MS) throw new Error("merges do not come to an end");
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
