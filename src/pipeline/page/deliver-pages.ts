import type { DeliveryVerdict, OutboxPage, Page } from "../../model/incident/page.js";
import { takesEveryPage, type Destinations } from "../../destination/destination.js";
import type { PageCopy } from "../../model/incident/page-copy.js";
import { nextTry } from "../../page/next-try.js";
import { planDelivery } from "../../page/plan-delivery.js";
import type { Store } from "../../store/store.js";
import { lateIdOf, latePage } from "../../page/compose/compose-late.js";
import { minimalPage } from "../../page/compose/compose-minimal.js";
import type { CopyMemory } from "./copy-memory.js";
import { copyPages } from "./copy-pages.js";
import { endStorms, tellStorm } from "./tell-storms.js";
import { writeToOutbox } from "./outbox.js";

/** Sent side by side, each of another incident. */
const AT_ONCE = 4;
/** PagerDuty seems to be away after so many tries in a row that failed: the others wait for the next pass. */
const MOST_FAILURES = 3;
/** A pass ends after this; the next one goes on. */
const PASS_MS = 40_000;
const MINUTE_MS = 60_000;
/** Pages of a step that was recorded longer ago were given up already. */
const UNQUEUED_MS = 25 * 3_600_000;
const SUPERSEDED = "its successor was refused by PagerDuty: the earlier notification stays open";
const NO_ROUTING_KEY = "no PagerDuty routing key is set: only destinations were notified";

export interface DeliverDeps {
  readonly store: Store;
  /** Null when no routing key is configured: pages wait in the outbox, unless there are destinations. */
  readonly pager: { send: (page: Page, signal?: AbortSignal) => Promise<DeliveryVerdict> } | null;
  readonly baseUrl: string | null;
  /** Where notifications go beside PagerDuty; absent: nowhere. */
  readonly destinations?: () => Destinations;
  /** What this process knows of copies from one pass to the next, unless it is what all of it knows. */
  readonly copyMemory?: CopyMemory;
  /** Wakes delivery to destinations: copies are in their outboxes. */
  readonly onCopied?: () => void;
  /** Told of what became of each copy that was tried, once that is on file. */
  readonly onCopyTried?: (copy: PageCopy, state: OutboxPage["state"], problem: string) => void;
  /** Told of what became of each page that was tried, once that is on file. */
  readonly onTried?: (page: Page, state: OutboxPage["state"], problem: string) => void;
}

export const NO_DESTINATIONS = (): Destinations => new Map();

/** Whom pages reach: PagerDuty or a destination without limits everybody, else some or nobody. */
export type Reach = "everybody" | "some" | "nobody";

/** Whom pages reach as things are set up now. */
export function reachOf({ pager, destinations = NO_DESTINATIONS }: Pick<DeliverDeps, "pager" | "destinations">): Reach {
  if (pager !== null || [...destinations().values()].some(({ filter }) => takesEveryPage(filter))) return "everybody";
  return destinations().size > 0 ? "some" : "nobody";
}

/** What a pass over the outbox did; `left` waits for another time, `failed` was refused or given up for good. */
export interface DeliveryReport {
  readonly sent: number;
  readonly failed: number;
  readonly dropped: number;
  readonly left: number;
}

/** Which pages of the outbox a pass is about. */
export type PageFilter = (page: Pick<Page, "topic">) => boolean;

interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  readonly isOurs?: PageFilter;
  /** Whole milliseconds since the pass began, by which pages come due within it. */
  readonly elapsedMs?: () => number;
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round(performance.now() - startedAt);
}

/**
 * One pass over the outbox: sends what is due, in order per incident, and records each answer before the next page of the incident.
 * Every event goes under its dedup key, so that a pass that is cut off anywhere is repeated without harm.
 */
export async function deliverPages(
  deps: DeliverDeps,
  now: number,
  { signal, isOurs = () => true, elapsedMs = stopwatch() }: PassOptions = {},
): Promise<DeliveryReport> {
  const { store, pager, destinations = NO_DESTINATIONS, onCopied } = deps;
  const startedAt = performance.now();
  const clock = () => now + elapsedMs();
  const report = { sent: 0, failed: 0, dropped: 0, left: 0 };
  const readOutbox = async () => (await store.page.readOutbox()).filter(isOurs);
  // A writer that died between a step and the outbox has left its pages with the step.
  await writeToOutbox(store, (await store.incident.readUnqueuedPages(now - UNQUEUED_MS)).filter(isOurs), now);
  await endStorms(store, now);
  for (let failures = 0; failures < MOST_FAILURES;) {
    if (reachOf(deps) === "nobody" || signal?.aborted === true || performance.now() - startedAt > PASS_MS) break;
    const outbox = await readOutbox();
    const plan = planDelivery(outbox, await store.page.readSentCounts(clock() - MINUTE_MS), clock());
    for (const [ref, pages] of plan.late) await tellLate(store, ref, pages, clock(), deps.baseUrl);
    for (const [ref, pages] of plan.storms) await tellStorm(store, ref, pages, clock(), deps.baseUrl);
    for (const page of plan.drop) await drop(store, page, clock(), SUPERSEDED);
    report.dropped += plan.drop.length + [...plan.storms.values(), ...plan.late.values()].flat().length;
    const told = new Set([...plan.drop, ...[...plan.storms.values(), ...plan.late.values()].flat()]);
    const news = outbox.filter((page) => !told.has(page));
    // On file before PagerDuty is asked: what it has is looked at no more.
    if ((await copyPages(store, destinations(), news, clock())) > 0) onCopied?.();
    if (pager === null) {
      for (const page of news) await drop(store, page, clock(), NO_ROUTING_KEY);
      report.dropped += news.length;
      if (told.size === 0) break;
      continue;
    }
    const batch = plan.send.slice(0, AT_ONCE);
    const states = await Promise.all(batch.map((page) => deliver(deps, pager, page, clock, signal)));
    for (const state of states) {
      if (state === "sent") report.sent += 1;
      if (state === "failed") report.failed += 1;
      failures = state === "retrying" ? failures + 1 : 0;
    }
    const isDone = batch.length + plan.drop.length + plan.storms.size + plan.late.size === 0;
    if (isDone) break;
  }
  if (report.sent + report.failed + report.dropped > 0) await store.page.unlistPages();
  report.left = (await readOutbox()).length;
  return report;
}

async function deliver(
  { store, onTried }: DeliverDeps,
  pager: NonNullable<DeliverDeps["pager"]>,
  page: OutboxPage,
  clock: () => number,
  signal: AbortSignal | undefined,
): Promise<OutboxPage["state"]> {
  const verdict = await pager.send(page, signal);
  const at = clock();
  const { state, notBefore } = nextTry(page, verdict, at, Math.random());
  const problem = verdict.kind === "sent" ? "" : verdict.problem;
  // On file before the refusal is: what follows must not overtake it.
  if (verdict.kind === "refused" && page.action === "trigger") {
    const minimal = minimalPage(page, problem);
    if (minimal !== null) await writeToOutbox(store, [minimal], at);
  }
  await store.page.insertPageState(page, { state, at, responseStatus: verdict.status, problem, notBefore });
  onTried?.(page, state, problem);
  return state;
}

/** What nobody needs to be woken by any more is one notice: on file before the pages are dropped, so that a crash in between makes it again. */
async function tellLate(
  store: Store,
  routingRef: string | null,
  pages: readonly OutboxPage[],
  at: number,
  baseUrl: string | null,
): Promise<void> {
  await writeToOutbox(store, [latePage(routingRef, pages, at, baseUrl)], at);
  const reportedIn = lateIdOf(routingRef, pages);
  const problem = `its incident was over before it could be sent: told in ${reportedIn}`;
  for (const page of pages)
    await store.page.insertPageState(page, { state: "dropped", at, responseStatus: 0, problem, reportedIn });
}

async function drop(store: Store, page: OutboxPage, at: number, problem: string): Promise<void> {
  await store.page.insertPageState(page, { state: "dropped", at, responseStatus: 0, problem });
}
