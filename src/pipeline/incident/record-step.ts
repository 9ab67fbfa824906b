import type { IncidentStep } from "../../incident/step-incidents.js";
import { versionIn, type KeyVersion } from "../../model/key/key.js";
import type { Page } from "../../model/incident/page.js";
import type { Store } from "../../store/store.js";
import { pagesFor } from "../../page/compose/compose-pages.js";
import { evidenceQuery } from "../page/evidence-query.js";
import { readPageEvidence } from "../page/read-page-evidence.js";
import { spanAfter, wholeFinding } from "./whole-finding.js";
import { writeToOutbox } from "../page/outbox.js";

export interface AdvanceDeps {
  readonly store: Store;
  /** Where links in pages lead, or null. */
  readonly baseUrl: string | null;
  /** Whether PagerDuty tells what people resolve there: only then is it brought up to date between notifications. */
  readonly isTwoWay?: boolean;
  /** Told of every step once it is durable, and of how many pages it makes. */
  readonly onStep?: (step: IncidentStep, pages: number) => void;
  /** Wakes delivery: pages are in the outbox, this one first. */
  readonly enqueuePage: (pageId: string) => Promise<void>;
  /** Wakes what asks guards: a call is on file. Without it the schedule finds the call. */
  readonly enqueueCall?: () => Promise<void>;
}

/** A few seconds at most, six side by side. */
const LOOK_UPS = 20;

/** What steps that are recorded together have in common. */
export interface StepContext extends AdvanceDeps {
  /** ClickHouse's clock, epoch ms. */
  readonly now: number;
  /** Steps that still have time to look for other keys: in a storm of incidents pages go out without. */
  readonly lookUps: { left: number };
  /** The registry as it was at an instant, read once. */
  readonly keysAt: (at: number) => Promise<ReadonlyMap<string, KeyVersion>>;
}

/** Reads the clock, and the registry when it is first asked for. */
export async function stepContext(deps: AdvanceDeps): Promise<StepContext> {
  const now = await deps.store.readClock();
  const known = new Map<number, Promise<ReadonlyMap<string, KeyVersion>>>();
  const keysAt = (at: number) => {
    const keys = known.get(at) ?? deps.store.registry.readKeys(at, now);
    known.set(at, keys);
    return keys;
  };
  return { ...deps, now, lookUps: { left: LOOK_UPS }, keysAt };
}

/** Makes a step durable with its pages, and puts these into the outbox; null when another writer's step came first. */
export async function recordStep(context: StepContext, step: IncidentStep): Promise<readonly Page[] | null> {
  const { store, now } = context;
  const { transition, before } = step;
  const registry = await context.keysAt(transition.at);
  const key = versionIn(registry, transition.keyId);
  // Another integration could not end what this incident's first page began.
  const first = before === null ? key : versionIn(await context.keysAt(before.openedAt), transition.keyId);
  const found = step.finding;
  const finding = found === null ? null : await wholeFinding(store, spanAfter(transition, before), found);
  const evidence = await readPageEvidence(store, finding, (context.lookUps.left -= finding === null ? 0 : 1) >= 0);
  const pages = pagesFor({
    ...step,
    finding,
    registry,
    baseUrl: context.baseUrl,
    evidence,
    query: finding === null ? null : evidenceQuery(finding, evidence.keyIds),
    routingRef: first?.routingKeyRef || null,
    sendUpdates: context.isTwoWay === true,
    isLive: true,
  });
  if (!(await store.incident.insertTransition(transition, pages))) return null;
  context.onStep?.(step, pages.length);
  await writeToOutbox(store, pages, now);
  return pages;
}
