import { judgeChange, type HeardSpan } from "../../detect/rules/change.js";
import { ruleName, type RuleOf } from "../../model/rule.js";
import type { Stretch } from "../../store/rule-usage.js";
import { localSpan, weeksBefore, type LocalSpan, type Span } from "../../time/local-spans.js";
import { groupBySubject, subjectKey } from "../subject-key.js";
import {
  judgedInstants,
  joinEvaluations,
  toldAt,
  type Evaluation,
  type RuleSpan,
  type RuleStore,
} from "./rule-evaluation.js";
import { countBelow, usageUntil, type UsageUntil } from "./usage-until.js";

type ChangeRule = RuleOf<"change">;

/** A span of local time on one day, its ticks, and what is read for it: the span itself, then the same hours of past weeks. */
interface Occurrence {
  readonly at: ReadonlyMap<number, LocalSpan>;
  readonly stretches: readonly Stretch[];
}

/** Evaluates the rules on change against past weeks: one scan of all their spans, for all keys that have such rules, while one is on. */
export async function evaluateChangeRules(store: RuleStore, span: RuleSpan): Promise<Evaluation> {
  const { ticks, rules, rawAsOf } = span;
  const asked = span.askedFor("change");
  const windows = new Map((rules.all("change") as ChangeRule[]).map((rule) => [windowOf(rule), rule]));
  const occurrences = new Map([...windows].map(([name, rule]) => [name, occurrencesOf(rule, judgedInstants(ticks))]));
  const all = [...occurrences.values()].flat();
  if (all.length === 0) return { told: [], notEvaluated: [] };
  const stretches = all.flatMap((occurrence) => occurrence.stretches);
  const [usage, heard] = await Promise.all([
    store.readStretches(asked, stretches, rawAsOf),
    Promise.all(stretches.map(async ({ from, to }) => store.readHeardMinutes(from, to, rawAsOf))),
  ]);
  const used = [...new Set(usage.map(({ keyId }) => keyId))];
  const births = used.length === 0 ? [] : await store.readBirths(ticks.at(-1)!, rawAsOf, used);
  const positions = new Map(stretches.map((stretch, at) => [stretch, at]));
  const heardUntil = heard.map((minutes) => {
    const ascending = minutes.map(({ minute }) => minute);
    return (until: number) => countBelow(ascending, until);
  });
  const bornAt = new Map(births.map((birth) => [subjectKey(birth), birth.bornAt]));
  const judged = usage.filter((row) => row.observedBy !== "provider");
  const parts = [...groupBySubject(judged)].flatMap(([name, rows]) => {
    const subject = rows[0]!;
    const sums = new Map(rows.map((row) => [row.stretch, usageUntil(row)]));
    const inStretch = (stretch: Stretch, { from, to }: Span): HeardSpan => {
      const at = positions.get(stretch)!;
      const until: UsageUntil = sums.get(at)?.(to) ?? { requests: 0, spendMicros: 0 };
      return { from, to, requests: until.requests, heardMinutes: heardUntil[at]!(to) };
    };
    return rules.of(subject.keyId, "change").flatMap(({ rule, since }) =>
      (occurrences.get(windowOf(rule)) ?? []).map((occurrence) => {
        const own = ticks.filter((tick) => occurrence.at.has(tick));
        const judge = (tick: number) => {
          const now = occurrence.at.get(tick)!;
          if (rule.days !== undefined && !rule.days.includes(now.weekday)) return null;
          const past = occurrence.stretches
            .slice(1)
            .map((stretch, week) => inStretch(stretch, weeksBefore(now, week + 1, rule.time_zone)))
            // Before its first request a key was not quiet: it was not there.
            .filter(({ from }) => from >= (bornAt.get(name) ?? Infinity));
          return judgeChange(rule, inStretch(occurrence.stretches[0]!, now), past);
        };
        const periodOf = (tick: number) => occurrence.at.get(tick)!.from;
        return toldAt({ subject, cause: "rule", rule: ruleName(rule) }, own, judge, since, periodOf);
      }),
    );
  });
  return joinEvaluations(parts);
}

function windowOf(rule: ChangeRule): string {
  return `${rule.between} ${rule.weeks} ${rule.time_zone}`;
}

function occurrencesOf(rule: ChangeRule, instants: readonly number[]): Occurrence[] {
  const byStart = new Map<number, Map<number, LocalSpan>>();
  for (const tick of instants) {
    const span = localSpan(tick, rule.between, rule.time_zone);
    if (span !== null) byStart.set(span.from, (byStart.get(span.from) ?? new Map<number, LocalSpan>()).set(tick, span));
  }
  return [...byStart.values()].map((at) => {
    const weeks = Array.from({ length: rule.weeks + 1 }, (_, week) => week);
    const stretches = weeks.map((week) => {
      const spans = [...at.values()].map((span) => (week === 0 ? span : weeksBefore(span, week, rule.time_zone)));
      const [from, ends] = [spans[0]!.from, spans.map(({ to }) => to)];
      // In the hour that the clock shows twice, the ends go back.
      return { from, till: Math.max(from, Math.min(...ends)), to: Math.max(from, ...ends) };
    });
    return { at, stretches };
  });
}
