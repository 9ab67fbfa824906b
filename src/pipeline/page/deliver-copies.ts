import { setTimeout as pause } from "node:timers/promises";
import type { Destination } from "../../destination/destination.js";
import { readNotification } from "../../destination/notification.js";
import type { OpenCopy } from "../../model/incident/page-copy.js";
import type { DeliveryVerdict, PageState } from "../../model/incident/page.js";
import { settleAll } from "../../flow/settle-all.js";
import { nextTry } from "../../page/next-try.js";
import { planDelivery } from "../../page/plan-delivery.js";
import {
  isUnrecorded,
  PROCESS_MEMORY,
  orphansOf,
  recordAnswer,
  recordRemembered,
  type CopyMemory,
} from "./copy-memory.js";
import { copyPages } from "./copy-pages.js";
import { NO_DESTINATIONS, type DeliverDeps } from "./deliver-pages.js";

/** Sent side by side, each of another incident. */
const AT_ONCE = 4;
/** A destination seems to be away after so many tries in a row that failed: the others of its copies wait for a while. */
const MOST_FAILURES = 3;
const REST_MS = 5000;
/** How often a destination is looked at whose copies came while another was slow. */
const LOOK_MS = 1000;
/** A pass ends after this; the next one goes on. */
const PASS_MS = 40_000;
/** Delivery to PagerDuty copies what it sends; what waits for longer than this waits for PagerDuty. */
const HELD_UP_MS = 10_000;
/** Whoever limits the rate says for how long: no longer wait than that. */
const RATE_LIMITED_MS = 1000;

/** What a pass over the outboxes of destinations did. */
export interface CopyReport {
  sent: number;
  failed: number;
  left: number;
}

interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  /** Which copies the pass is about. */
  readonly isOurs?: (copy: OpenCopy, now: number) => boolean;
  readonly elapsedMs?: () => number;
}

/**
 * One pass over the outboxes of the destinations, all of them side by side: sends what is due, in order per incident, and records each answer before the
 * next copy of the incident. A pass that is cut off anywhere is repeated: a webhook then has the id that it had. What the process knows to be sent is not.
 */
export async function deliverCopies(
  deps: DeliverDeps,
  now: number,
  { signal, isOurs = () => true, elapsedMs = stopwatch() }: PassOptions = {},
): Promise<CopyReport> {
  const { store, destinations: current = NO_DESTINATIONS, copyMemory: memory = PROCESS_MEMORY } = deps;
  const destinations = current();
  const report = { sent: 0, failed: 0, left: 0 };
  const clock = () => now + elapsedMs();
  await recordRemembered(deps, memory);
  await copyHeldUp(deps, clock());
  const open = await store.page.readOpenCopies();
  const orphans = orphansOf(memory, open, destinations, clock());
  if (open.length === 0) return report;
  const problem = "no destination has this name any more";
  for (const copy of orphans)
    await store.page.insertCopyState(copy, { state: "dropped", at: clock(), responseStatus: 0, problem });
  const startedAt = performance.now();
  // What one cannot record, the others will not either; and what they send must not outlive the pass, as the next would send it again.
  let hasFailed = false;
  const isOver = () => hasFailed || signal?.aborted === true || performance.now() - startedAt > PASS_MS;
  let sending = 0;
  const serve = async (destination: Destination): Promise<void> => {
    for (let failures = 0, restUntil = 0; !isOver();) {
      const waiting = await store.page.readOpenCopies();
      const own = waiting.filter(
        (copy) => copy.destination === destination.name && isOurs(copy, clock()) && !isUnrecorded(memory, copy),
      );
      const due = performance.now() < restUntil ? [] : headsOf(own).filter((copy) => copy.notBefore <= clock());
      if (due.length === 0) {
        if (sending === 0) return;
        await pause(LOOK_MS);
        continue;
      }
      sending += 1;
      const batch = due.slice(0, destination.paceMs > 0 ? 1 : AT_ONCE);
      const sent = await sendBatch(deps, memory, destination, batch, clock, signal).finally(() => (sending -= 1));
      for (const { state, status } of sent) {
        if (state === "sent") report.sent += 1;
        if (state === "failed") report.failed += 1;
        failures = state === "retrying" ? failures + 1 : 0;
        if (status === 429 || failures >= MOST_FAILURES) restUntil = performance.now() + REST_MS;
      }
      if (destination.paceMs > 0) await pause(destination.paceMs);
    }
  };
  const served = [...destinations.values()].map(async (destination) =>
    serve(destination).catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  await settleAll(served);
  if (report.sent + report.failed + orphans.length > 0) await store.page.unlistCopies();
  report.left = (await store.page.readOpenCopies()).length;
  return report;
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round(performance.now() - startedAt);
}

/** While PagerDuty is away, what is new reaches the destinations all the same; but what is to be told as one waits for that. */
async function copyHeldUp({ store, destinations = NO_DESTINATIONS }: DeliverDeps, now: number): Promise<void> {
  if (destinations().size === 0) return;
  const outbox = await store.page.readOutbox();
  const { storms, late } = planDelivery(outbox, new Map(), now);
  const toldOtherwise = new Set([...storms.values(), ...late.values()].flat());
  const pages = outbox.filter((page) => !toldOtherwise.has(page) && now - page.createdAt > HELD_UP_MS);
  await copyPages(store, destinations(), pages, now);
}

/** The first waiting copy of each incident. */
function headsOf(copies: readonly OpenCopy[]): OpenCopy[] {
  const heads = new Map<string, OpenCopy>();
  for (const copy of copies) {
    const head = heads.get(copy.incidentId);
    if (head === undefined || copy.step < head.step || (copy.step === head.step && copy.place < head.place))
      heads.set(copy.incidentId, copy);
  }
  return [...heads.values()];
}

async function sendBatch(
  deps: DeliverDeps,
  memory: CopyMemory,
  destination: Destination,
  copies: readonly OpenCopy[],
  clock: () => number,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly state: PageState; readonly status: number }[]> {
  const pages = await deps.store.page.readComposedPages(copies);
  return settleAll(
    copies.map(async (copy) => {
      const page = pages.get(copy.pageId);
      const verdict: DeliveryVerdict =
        page === undefined
          ? { kind: "retry", status: 0, problem: "its page is not on record", retryAfterMs: null }
          : await destination.send(readNotification(page), { signal, at: clock() });
      const at = clock();
      const { state, notBefore } = nextTry(copy, verdict, at, Math.random(), RATE_LIMITED_MS);
      const problem = verdict.kind === "sent" ? "" : verdict.problem;
      await recordAnswer(deps, memory, copy, { state, at, responseStatus: verdict.status, problem, notBefore });
      return { state, status: verdict.status };
    }),
  );
}
