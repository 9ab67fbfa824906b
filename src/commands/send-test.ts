import { randomUUID } from "node:crypto";
import type { Config } from "../config.js";
import type { DeliveryVerdict, Page, AlertAction, Severity } from "../model/incident/page.js";
import { toPagerDutyEvent } from "../page/pagerduty-event.js";
import { openPagerDutyPager, type PagerDutyPager } from "../page/pagerduty-pager.js";
import type { Secret } from "../secret.js";
import type { Destination } from "../destination/destination.js";
import { readNotification } from "../destination/notification.js";
import { ANSWER_MS, fail, ok, type Diagnosis } from "./diagnosis.js";

/** What people read who look at the test in PagerDuty. */
const TEST_SUMMARY = "Plimsoll test, no action";

/** Triggers and resolves a test event through every routing key and at every destination, one after the other, and says what became of each. */
export async function sendTests(config: Config, severity: Severity): Promise<readonly Diagnosis[]> {
  const { PAGERDUTY_ROUTING_KEY: fallback, PAGERDUTY_ROUTING_KEYS: byRef } = config;
  const routes: (readonly [check: string, setting: string, key: Secret])[] = [
    ...(fallback === undefined ? [] : [["test event", "PAGERDUTY_ROUTING_KEY", fallback] as const]),
    ...[...byRef].map(([ref, key]) => [`test event of ${ref}`, "PAGERDUTY_ROUTING_KEYS", key] as const),
  ];
  const destinations = [...config.PLIMSOLL_DESTINATIONS.values()];
  if (routes.length + destinations.length === 0) {
    const fix = "set PAGERDUTY_ROUTING_KEY to an Events API v2 integration key, or PLIMSOLL_DESTINATIONS";
    return [fail("test event", "there is no routing key and no destination to send it with", fix)];
  }
  const diagnoses: Diagnosis[] = [];
  for (const [check, setting, routingKey] of routes) {
    const pager = openPagerDutyPager({
      routingKey,
      eventsHost: config.PAGERDUTY_EVENTS_HOST,
      timeoutMs: ANSWER_MS,
    });
    diagnoses.push(await sendTest(pager, check, setting, severity));
    pager.close();
  }
  for (const destination of destinations) diagnoses.push(await testDestination(destination, severity));
  return diagnoses;
}

/** Whatever its limits let through: what is looked at is whether it takes an event. */
async function testDestination({ name, type, send }: Destination, severity: Severity): Promise<Diagnosis> {
  const check = `test event at ${name}`;
  const dedupKey = `plimsoll-test/${randomUUID()}`;
  for (const action of ["trigger", "resolve"] as const) {
    const sent = await send(readNotification(testPage(action, dedupKey, severity)), {
      at: Date.now(),
      timeoutMs: ANSWER_MS,
    });
    const what = action === "trigger" ? "not triggered" : "triggered, but not resolved";
    const fix = `check url${type === "webhook" ? ", secret" : ""}, DNS, firewall and proxy of ${name} in PLIMSOLL_DESTINATIONS`;
    if (sent.kind !== "sent") return failure(check, what, sent, fix);
  }
  return ok(check, `it accepted trigger and resolve of "${TEST_SUMMARY}"`);
}

async function sendTest(pager: PagerDutyPager, check: string, setting: string, severity: Severity): Promise<Diagnosis> {
  // Its own each time: a resolve that was lost must not swallow the next test.
  const dedupKey = `plimsoll-test/${randomUUID()}`;
  const triggered = await pager.send(testPage("trigger", dedupKey, severity));
  if (triggered.kind !== "sent") return failure(check, "not triggered", triggered, fixOf(triggered, setting));
  const resolved = await pager.send(testPage("resolve", dedupKey, severity));
  if (resolved.kind !== "sent") {
    const fix = `resolve "${TEST_SUMMARY}" in PagerDuty by hand; ${fixOf(resolved, setting)}`;
    return failure(check, "triggered, but not resolved", resolved, fix);
  }
  return ok(check, `PagerDuty accepted trigger and resolve of "${TEST_SUMMARY}": check there who was notified`);
}

type Failure = Exclude<DeliveryVerdict, { readonly kind: "sent" }>;

function failure(check: string, what: string, { status, problem }: Failure, fix: string): Diagnosis {
  const found = `${what}: ${status === 0 || problem.includes(String(status)) ? "" : `${status}, `}${problem}`;
  return { ...fail(check, found, fix), ...(status === 0 ? { unreachable: true } : {}) };
}

/** What each answer asks for; 0 is none. */
function fixOf({ status }: Failure, setting: string): string {
  if (status === 0) {
    return "check PAGERDUTY_EVENTS_HOST, DNS, firewall and proxy, and that this machine trusts its certificate (NODE_EXTRA_CA_CERTS)";
  }
  if (status === 400) {
    return `copy the Integration Key (32 letters and digits) of an Events API v2 integration into ${setting}: a REST API key does not work`;
  }
  if (status === 401 || status === 403) {
    return `check that the integration of ${setting} still exists and is enabled, and that no proxy answers for PAGERDUTY_EVENTS_HOST`;
  }
  if (status === 429) return "too many events for this integration: try again in a minute";
  if (status >= 500) return "PagerDuty has a problem (status.pagerduty.com): try again later";
  return "check PAGERDUTY_EVENTS_HOST: it is not the Events API v2";
}

function testPage(action: AlertAction, dedupKey: string, severity: Severity): Page {
  const body = toPagerDutyEvent({
    action,
    dedupKey,
    summary: TEST_SUMMARY,
    source: "plimsoll doctor",
    severity,
    at: Date.now(),
    customDetails: { next_steps: "Nothing: plimsoll doctor --send-test sent it and resolves it by itself" },
    links: [],
    client: "Plimsoll",
  });
  const step = action === "trigger" ? 1 : 2;
  return {
    pageId: `${dedupKey}/${step}`,
    topic: "plimsoll",
    isMinimal: false,
    incidentId: dedupKey,
    keyId: null,
    action,
    dedupKey,
    severity,
    step,
    place: 0,
    routingRef: null,
    body,
  };
}
