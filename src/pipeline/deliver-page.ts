import type { DeliveryVerdict, Page } from "../model/page.js";
import type { Store } from "../store/store.js";

/** Pages that could not be delivered within a day are given up, and shown. */
const GIVE_UP_MS = 24 * 3_600_000;

export interface DeliverDeps {
  readonly store: Store;
  /** Null when no routing key is configured: pages wait in the outbox. */
  readonly pager: { send: (page: Page, signal?: AbortSignal) => Promise<DeliveryVerdict> } | null;
}

/** A page that PagerDuty did not take yet: to be tried again under the same dedup key. */
export class PageNotDelivered extends Error {
  readonly retryAfterMs: number | null;

  constructor(problem: string, retryAfterMs: number | null) {
    super(problem);
    this.name = "PageNotDelivered";
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * Sends one page of the outbox, unless it was sent or given up, and records the answer. Returns how it stands then.
 * @throws PageNotDelivered when it is to be tried again
 */
export async function deliverPage(
  deps: DeliverDeps,
  pageId: string,
  now: number,
  signal?: AbortSignal,
): Promise<"sent" | "failed" | "unknown"> {
  const [page] = await deps.store.readOutbox([pageId]);
  if (page === undefined) return "unknown";
  if (page.state === "sent" || page.state === "failed") return page.state;
  const outbox = await deps.store.readOutbox(null);
  const earlier = outbox.find((other) => other.dedupKey === page.dedupKey && other.createdAt < page.createdAt);
  if (earlier !== undefined) throw new PageNotDelivered(`waits for ${earlier.pageId}`, null);
  if (deps.pager === null) throw new PageNotDelivered("PAGERDUTY_ROUTING_KEY is not set", null);
  const verdict = await deps.pager.send(page, signal);
  const givenUp = verdict.kind === "retry" && now - page.createdAt > GIVE_UP_MS;
  await deps.store.insertPageState(page, {
    state: verdict.kind === "sent" ? "sent" : verdict.kind === "refused" || givenUp ? "failed" : "retrying",
    at: now,
    responseStatus: verdict.status,
    problem: verdict.kind === "sent" ? "" : verdict.problem,
  });
  if (verdict.kind === "retry" && !givenUp) throw new PageNotDelivered(verdict.problem, verdict.retryAfterMs);
  return verdict.kind === "sent" ? "sent" : "failed";
}

/** Delivers everything in the outbox, oldest first; `left` are for another time, `failed` were refused for good. */
export async function deliverPages(
  deps: DeliverDeps,
  now: number,
): Promise<{ readonly sent: number; readonly failed: number; readonly left: number }> {
  let [sent, failed, left] = [0, 0, 0];
  for (const page of await deps.store.readOutbox(null)) {
    try {
      if ((await deliverPage(deps, page.pageId, now)) === "sent") sent += 1;
      else failed += 1;
    } catch (error) {
      if (!(error instanceof PageNotDelivered)) throw error;
      left += 1;
    }
  }
  return { sent, failed, left };
}
