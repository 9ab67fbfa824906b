import type { OutboxPage } from "../../model/incident/page.js";
import type { FoundGravity } from "../../store/page/digests.js";
import type { PageStore } from "../../store/page/page-store.js";
import { digestEnd, digestIdOf, digestPage, type ListedPage } from "../../page/compose/compose-digest.js";
import { writeToOutbox } from "./outbox.js";
import { costOf } from "../../model/finding/finding-statistics.js";

/** What comes so soon after the begin of a storm belongs to it: its page is brought up to date, and notifies nobody anew. */
const SAME_STORM_MS = 15 * 60_000;

type DigestStore = {
  readonly page: Pick<PageStore, "insertPageState" | "readOpenDigests" | "readDigestedPages" | "readGravities">;
};

/**
 * Tells a storm of pages of one integration as one page that lists their keys. The digest is in the outbox before the pages are
 * dropped from it: a crash in between makes the same digest again, of which PagerDuty knows the dedup key.
 */
export async function tellStorm(
  store: DigestStore,
  routingRef: string | null,
  pages: readonly OutboxPage[],
  now: number,
  baseUrl: string | null,
): Promise<void> {
  const known = (await store.page.readOpenDigests()).filter((one) => one.routingRef === routingRef);
  const current = known.find(({ createdAt }) => now - createdAt < SAME_STORM_MS);
  const beganAt = Math.min(...pages.map(({ createdAt }) => createdAt));
  const digestId = current?.digestId ?? digestIdOf(routingRef, beganAt);
  const before = await store.page.readDigestedPages(digestId, current?.createdAt ?? beganAt);
  const all = [...before, ...pages.filter(({ pageId }) => before.every((one) => one.pageId !== pageId))];
  const step = (current?.lastStep ?? 0) + 1;
  const found = await store.page.readGravities([...new Set(all.map(({ incidentId }) => incidentId))]);
  const told = all.map(({ pageId, incidentId, keyId, severity, body }): ListedPage => {
    const { score, lossMicros } = gravityOf(found.get(incidentId));
    return { pageId, incidentId, keyId, severity, body, score, lossMicros };
  });
  await writeToOutbox(store, [digestPage({ digestId, routingRef, step, at: now }, told, baseUrl)], now);
  const dropped = {
    state: "dropped",
    at: now,
    responseStatus: 0,
    problem: `told in ${digestId}`,
    reportedIn: digestId,
  } as const;
  for (const page of pages) await store.page.insertPageState(page, dropped);
}

/** Where nothing was found, as of Plimsoll itself, severity alone speaks. */
function gravityOf(found: FoundGravity | undefined) {
  return found === undefined ? { score: 0, lossMicros: 0 } : { score: found.score, lossMicros: costOf(found) };
}

/** Ends digests of which every incident is over. */
export async function endStorms(store: DigestStore, now: number): Promise<void> {
  for (const digest of await store.page.readOpenDigests()) {
    const told = await store.page.readDigestedPages(digest.digestId, digest.createdAt);
    if (told.length === 0 || told.some(({ isOver }) => !isOver)) continue;
    await writeToOutbox(store, [digestEnd({ ...digest, step: digest.lastStep + 1 }, now)], now);
  }
}
