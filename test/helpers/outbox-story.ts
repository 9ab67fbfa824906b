import { randomBytes } from "node:crypto";
import { startPagerDutyReceiver, type PagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";
import type { Finding } from "../../src/model/finding/finding.js";
import type { OutboxPage } from "../../src/model/incident/page.js";
import { openPagerDutyPager, type PagerDutyPager } from "../../src/page/pagerduty-pager.js";
import { advanceIncidents } from "../../src/pipeline/incident/advance-incidents.js";
import type { CheckKeysDeps } from "../../src/pipeline/check/check-keys.js";
import { deliverPages, type DeliverDeps, type DeliveryReport } from "../../src/pipeline/page/deliver-pages.js";
import { Secret } from "../../src/secret.js";
import type { Store } from "../../src/store/store.js";
import { openChecks } from "./open-checks.js";

/** An outbox in ClickHouse and a PagerDuty over TLS, in a time of its own: passes are as of instants that a test names. */
export interface OutboxStory {
  readonly store: Store;
  readonly clickhouseUrl: string;
  readonly receiver: PagerDutyReceiver;
  readonly pager: PagerDutyPager;
  readonly advanceDeps: CheckKeysDeps;
  ask<Row>(query: string): Promise<Row[]>;
  /** Takes findings into incidents, and records them. */
  find(findings: readonly Finding[], ticks?: readonly number[]): Promise<void>;
  /** A pass over the outbox as of now and so many ms more. */
  deliver(laterMs?: number, changed?: Partial<DeliverDeps>): Promise<DeliveryReport>;
  /** What was accepted or refused so far, `action dedup-key answer`, and forgets it. */
  told(): string[];
  outbox(): Promise<readonly OutboxPage[]>;
  close(): Promise<void>;
}

/** How long the receiver may take: long enough for a busy machine, short enough to wait for what hangs. */
const TIMEOUT_MS = 1500;

export async function openOutboxStory(): Promise<OutboxStory> {
  const checks = await openChecks();
  const receiver = await startPagerDutyReceiver();
  const pager = openPagerDutyPager({
    routingKey: new Secret(randomBytes(16).toString("hex")),
    eventsHost: receiver.host,
    agentOptions: { ca: receiver.ca },
    timeoutMs: TIMEOUT_MS,
  });
  let seen = 0;
  return {
    store: checks.store,
    clickhouseUrl: checks.url,
    receiver,
    pager,
    advanceDeps: checks.deps,
    ask: (query) => checks.ask(query),
    async find(findings, ticks = findings.map(({ tick }) => tick)) {
      await checks.store.check.insertFindings(findings);
      await advanceIncidents(checks.deps, findings, ticks);
    },
    deliver: (laterMs = 0, changed = {}) =>
      // Time stands still in a pass: on a slow machine what is to be tried again would come due within it.
      deliverPages({ store: checks.store, pager, baseUrl: null, ...changed }, Date.now() + laterMs, {
        elapsedMs: () => 0,
      }),
    told() {
      const fresh = receiver.received.slice(seen);
      seen = receiver.received.length;
      return fresh.map(
        ({ body, answered }) => `${body?.event_action} ${body?.dedup_key?.replace(/^plimsoll\//, "")} ${answered}`,
      );
    },
    outbox: () => checks.store.page.readOutbox(),
    async close() {
      pager.close();
      await receiver.stop();
      await checks.close();
    },
  };
}
