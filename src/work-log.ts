import type { Log } from "./log.js";
import { isPage, type PageAction, type PageState } from "./model/incident/page.js";
import type { ContainDeps } from "./pipeline/contain/contain-deps.js";
import type { DeliverDeps } from "./pipeline/page/deliver-pages.js";
import type { RecordDeps } from "./pipeline/ingest/record-events.js";
import type { PullDeps } from "./pipeline/pull/pull-reports.js";
import type { AdvanceDeps } from "./pipeline/incident/record-step.js";
import type { openWorkFigures } from "./store/ingest/work-figures.js";

type WorkFigures = ReturnType<typeof openWorkFigures>;

/** Says what begins, wakes somebody again, or ends: who reads the log at night finds each page's incident in it. */
export function reportSteps(log: Log): NonNullable<AdvanceDeps["onStep"]> {
  const words: Partial<Record<string, string>> = {
    opened: "an incident was opened",
    reopened: "an incident was opened again",
    escalated: "an incident got worse",
    containment: "an incident's containment took a step",
    resolved: "an incident was resolved",
  };
  return ({ transition: { kind, reason, incidentId, keyId, cause, severity } }, pages) => {
    const message = words[kind];
    if (message !== undefined) log.info({ incident: incidentId, key: keyId, cause, severity, reason, pages }, message);
  };
}

/** What PagerDuty is told with each action. */
const WHAT_OF: Readonly<Record<PageAction, string>> = {
  trigger: "",
  acknowledge: "the acknowledgement of ",
  resolve: "the end of ",
  change: "a change of a key, as ",
};

/** Says of each page whether PagerDuty has it, and of each copy whether its destination does; by its ids, and never by its words. */
export function reportPages(log: Log): Required<Pick<DeliverDeps, "onTried" | "onCopyTried">> {
  const report = (said: object, what: string, state: PageState, problem: string) => {
    if (state === "sent") log.info(said, `${what} was sent`);
    else if (state === "retrying") log.warn({ ...said, problem }, `${what} was not accepted, and will be retried`);
    else log.error({ ...said, problem }, `${what} was refused permanently`);
  };
  return {
    onTried: ({ pageId, incidentId, action, severity, dedupKey }, state, problem) => {
      const said = { page: pageId, incident: incidentId, action, severity, dedup_key: dedupKey ?? "" };
      report(said, `${WHAT_OF[action]}${isPage(severity) ? "a page" : "a notice"}`, state, problem);
    },
    onCopyTried: ({ pageId, incidentId, action, destination }, state, problem) =>
      report({ page: pageId, incident: incidentId, action, destination }, "a copy for a destination", state, problem),
  };
}

/** Says of each call to a guard whether it took it. */
export function reportCalls(log: Log): NonNullable<ContainDeps["onTried"]> {
  return ({ callId, incidentId, keyId, guard, effect, action }, state, problem) => {
    const said = { call: callId, incident: incidentId, key: keyId, guard, effect, action };
    if (state === "sent") log.info(said, "a guard accepted a call");
    else if (state === "retrying")
      log.warn({ ...said, problem }, "a guard did not accept a call, which will be retried");
    else log.error({ ...said, problem }, "a guard refused a call permanently");
  };
}

/** The same verdict about ClickHouse is not logged again within this time: two workers try it every few seconds. */
const SAME_VERDICT_MS = 30_000;

/** Says why blocks wait for ClickHouse, and counts those that are recorded. */
export function reportRecording(
  log: Log,
  figures: WorkFigures,
): Pick<RecordDeps, "onProblem" | "onSalvaged" | "onRecorded"> {
  const reportedAt = new Map<string, number>();
  return {
    onProblem: ({ verdict, code, found }, tries) => {
      const since = Date.now() - (reportedAt.get(verdict) ?? 0);
      if (since < SAME_VERDICT_MS) return;
      reportedAt.set(verdict, Date.now());
      const level = verdict === "away" || verdict === "overloaded" ? "warn" : "error";
      log[level]({ verdict, code, problem: found, tries }, "a block waits for ClickHouse");
    },
    onSalvaged: (block, salvaged) => {
      log.error({ block, ...salvaged }, "rows of a block are in quarantine: see quarantined_events");
      figures.addQuarantined(salvaged.badRows).catch(() => undefined);
    },
    onRecorded: (recorded) => {
      log.debug(recorded, "a block is recorded");
      figures.addBlock(recorded).catch(() => undefined);
    },
  };
}

/** Says what providers reported anew or corrected, and why one could not be read; by its name, and never by a credential. */
export function reportPulls(log: Log): Pick<PullDeps, "onPulled" | "onProblem"> {
  return {
    onPulled: (provider, { report, from, to, changed, keys, keyless }) => {
      const span = { from: new Date(from), to: new Date(to) };
      log[changed > 0 ? "info" : "debug"]({ provider, report, ...span, changed, keys, keyless }, "a report was read");
    },
    onProblem: (provider, report, problem) => log.error({ provider, report, problem }, "a report could not be read"),
  };
}
