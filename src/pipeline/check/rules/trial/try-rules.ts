import { advance } from "../../../../incident/fold-incident.js";
import { onFinding, onTick } from "../../../../incident/next-transition.js";
import type { Cause, Finding } from "../../../../model/finding/finding.js";
import { subjectOf } from "../../../../model/finding/finding-subject.js";
import { groupBy } from "../../../../model/group-by.js";
import { SUSPICION_MS, type Incident } from "../../../../model/incident/incident.js";
import type { KeyVersion } from "../../../../model/key/key.js";
import { isPage } from "../../../../model/incident/page.js";
import { ALL_KEYS } from "../../../../model/key/rules-of-keys.js";
import { DAY_MS, dayOf, HOUR_MS, MINUTE_MS } from "../../../../time/day.js";
import { ticksBetween } from "../../../../time/ticks.js";
import { evaluateRules } from "../evaluate-rules.js";
import { joinEvaluations, type Evaluation, type RuleStore } from "../rule-evaluation.js";
import { becauseOf, switchesOf, trialRegistry, unknownsOf, type RuleSwitch } from "./rule-switches.js";
import { writeRuleFindings } from "../write-rule-finding.js";

/** Minutes of so many keys are held at once: some hundred MB. */
const KEY_HOURS_AT_ONCE = 5000;

/** Incidents, and the events sent for their openings and escalations: pages wake somebody, notices do not. */
export interface TrialCounts {
  readonly incidents: number;
  readonly pages: number;
  readonly notices: number;
}

/** What a rule that is about to be switched on would have told in the days before, alone. */
export interface RuleTrial {
  readonly cause: Cause;
  /** Name of the rule; "" for a fact that pages without one. */
  readonly rule: string;
  /** Entries of the registry that switch it on, `*` for all keys. */
  readonly entries: readonly string[];
  /** Keys that it would have told of. */
  readonly keys: readonly string[];
  readonly counts: TrialCounts;
  /** Epoch ms of the first and last tick at which it would have been told; null: never. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly notEvaluated: readonly { readonly reason: string; readonly keys: readonly string[] }[];
}

export interface TrialReport {
  readonly days: number;
  /** Minutes of them in which a source was heard, and which were judged. */
  readonly observedMinutes: number;
  /** UTC days with such a minute. */
  readonly observedDays: number;
  readonly trials: readonly RuleTrial[];
  /** What the trials count, oldest first. */
  readonly findings: readonly Finding[];
}

/**
 * What the rules that new versions of keys switch on or change would have told in the days before `now` (epoch ms), had they counted all
 * along: every heard minute is judged by the functions of the live check, from what the roll-ups hold now.
 */
export async function tryRules(
  store: RuleStore,
  versions: readonly KeyVersion[],
  onFile: readonly KeyVersion[],
  {
    now,
    days,
    onProgress,
  }: { readonly now: number; readonly days: number; readonly onProgress?: (share: number) => void },
): Promise<TrialReport> {
  const switches = switchesOf(versions, onFile, now);
  if (switches.length === 0) return { days, observedMinutes: 0, observedDays: 0, trials: [], findings: [] };
  const registry = trialRegistry(versions, onFile, switches, now);
  const until = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const evaluations: Evaluation[] = [];
  const observedDays = new Set<string>();
  let observedMinutes = 0;
  const length = pieceLength(switches, registry);
  for (let from = until - days * DAY_MS; from < until; from += length) {
    const to = Math.min(from + length, until);
    const observed = new Set((await store.check.readObservedMinutes(from, to)).map(({ minute }) => minute + MINUTE_MS));
    const ticks = ticksBetween(from, to).filter((tick) => observed.has(tick));
    observedMinutes += ticks.length;
    for (const tick of ticks) observedDays.add(dayOf(tick - 1));
    if (ticks.length > 0) evaluations.push(await evaluateRules(store, ticks, registry, null));
    onProgress?.(1 - (until - to) / (days * DAY_MS));
  }
  const isOfSwitch = becauseOf(switches, registry);
  const { told, notEvaluated } = joinEvaluations([...evaluations, { told: [], notEvaluated: unknownsOf(registry) }]);
  const ofSwitches = told.filter(({ subject, rule, verdict }) => isOfSwitch(subject.keyId, verdict.cause, rule));
  const silent = notEvaluated.filter(({ keyId, rule }) => isOfSwitch(keyId, "rule", rule));
  const trials = groupSwitches(switches).map((entries): RuleTrial => {
    const { cause, rule } = entries[0]!;
    const own = ofSwitches.filter((one) => one.verdict.cause === cause && one.rule === rule);
    const findings = writeRuleFindings(own, registry, now);
    const reasons = groupBy(cause === "rule" ? silent.filter((one) => one.rule === rule) : [], (one) => one.reason);
    return {
      cause,
      rule,
      entries: entries.map(({ entry }) => entry),
      keys: [...new Set(own.map(({ subject }) => subject.keyId))].toSorted(),
      counts: countIncidents(findings),
      firstAt: findings[0]?.tick ?? null,
      lastAt: findings.at(-1)?.tick ?? null,
      notEvaluated: [...reasons].map(([reason, ones]) => ({ reason, keys: ones.map(({ keyId }) => keyId) })),
    };
  });
  return {
    days,
    observedMinutes,
    observedDays: observedDays.size,
    trials,
    findings: writeRuleFindings(ofSwitches, registry, now),
  };
}

/** A day at a time, less where many keys are judged. */
function pieceLength(switches: readonly RuleSwitch[], registry: ReadonlyMap<string, KeyVersion>): number {
  const entries = new Set(switches.map(({ entry }) => entry));
  const keys = entries.has(ALL_KEYS) ? registry.size : entries.size;
  return Math.min(24, Math.max(1, Math.floor(KEY_HOURS_AT_ONCE / Math.max(1, keys)))) * HOUR_MS;
}

function groupSwitches(switches: readonly RuleSwitch[]): RuleSwitch[][] {
  return [...groupBy(switches, ({ cause, rule }) => `${cause} ${rule}`).values()];
}

/** Incidents that findings (oldest first) would have opened, by the decisions of the live check, and the events sent for them. */
function countIncidents(findings: readonly Finding[]): TrialCounts {
  const counts = { incidents: 0, pages: 0, notices: 0 };
  const open = new Map<string, Incident>();
  for (const finding of findings) {
    const subject = subjectOf(finding);
    const known = open.get(subject) ?? null;
    // Days without a finding are not gone through: what would have ended in them has ended.
    const end =
      known !== null && known.open && finding.tick - known.lastFindingAt >= SUSPICION_MS ? endOf(known) : null;
    const incident = known !== null && end !== null ? advance(known, end, known.lastFindingAt) : known;
    const transition = onFinding(incident, finding);
    if (transition !== null) {
      const isOpening = transition.kind === "opened" || transition.kind === "reopened";
      if (isOpening) counts.incidents += 1;
      if (isOpening || transition.kind === "escalated") counts[isPage(transition.severity) ? "pages" : "notices"] += 1;
      open.set(subject, advance(incident, transition, finding.tick));
    } else if (incident !== null) open.set(subject, { ...incident, lastFindingAt: finding.tick });
  }
  return counts;
}

const endOf = (incident: Incident) => onTick(incident, incident.lastFindingAt + SUSPICION_MS);
