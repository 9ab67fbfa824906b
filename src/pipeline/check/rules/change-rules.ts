import { judgeChange, type ObservedSpan } from "../../../detect/rules/change.js";
import { countBelow } from "../../../model/count-below.js";
import { ruleName, type RuleOf } from "../../../model/key/rule.js";
import type { Stretch } from "../../../store/check/rule-usage.js";
import { MINUTE_MS } from "../../../time/day.js";
import { localSpan, weeksBefore, type LocalSpan, type PastPiece } from "../../../time/local-spans.js";
import {
  judgedInstants,
  joinEvaluations,
  toldAt,
  type Evaluation,
  type RuleSpan,
  type RuleStore,
} from "./rule-evaluation.js";
import { usageUntil } from "./usage-until.js";
import { groupBySubject, subjectKey } from "../../../model/subject.js";

type ChangeRule = RuleOf<"change">;

/** What is read of a span, or of a piece of a past week, and where in the span it begins. */
type Piece = Stretch & Pick<PastPiece, "at">;

/** A span of local time on one day, its ticks, and what is read for it: the span itself, then the same hours of past weeks. */
interface Occurrence {
  readonly at: ReadonlyMap<number, LocalSpan>;
  readonly weeks: readonly (readonly Piece[])[];
}

/** Evaluates the rules on change against past weeks: one scan of all their spans, for all keys that have such rules, while one is on. */
export async function evaluateChangeRules(store: RuleStore, span: RuleSpan): Promise<Evaluation> {
  const { ticks, rules, rawAsOf } = span;
  const asked = span.askedFor("change");
  const windows = new Map((rules.all("change") as ChangeRule[]).map((rule) => [windowOf(rule), rule]));
  const occurrences = new Map([...windows].map(([name, rule]) => [name, occurrencesOf(rule, judgedInstants(ticks))]));
  const all = [...occurrences.values()].flat();
  if (all.length === 0) return { told: [], notEvaluated: [] };
  const stretches = all.flatMap(({ weeks }) => weeks.flat());
  const [usage, observed] = await Promise.all([
    store.check.readStretches(asked, stretches, rawAsOf),
    Promise.all(stretches.map(async ({ from, to }) => store.check.readObservedMinutes(from, to, rawAsOf))),
  ]);
  const used = [...new Set(usage.map(({ keyId }) => keyId))];
  const births = used.length === 0 ? [] : await store.check.readBirths(ticks.at(-1)!, rawAsOf, used);
  const positions = new Map(stretches.map((stretch, at) => [stretch, at]));
  const observedUntil = observed.map((minutes) => {
    const ascending = minutes.map(({ minute }) => minute);
    return (until: number) => countBelow(ascending, until);
  });
  const bornAt = new Map(births.map((birth) => [subjectKey(birth), birth.bornAt]));
  const judged = usage.filter((row) => row.observedBy !== "provider");
  const parts = [...groupBySubject(judged)].flatMap(([name, rows]) => {
    const subject = rows[0]!;
    const sums = new Map(rows.map((row) => [row.stretch, usageUntil(row)]));
    const inWeek = (week: readonly Piece[], until: number): ObservedSpan => {
      const total = { from: week[0]!.from, to: week[0]!.from, requests: 0, observedMinutes: 0, minutes: 0 };
      for (const piece of week) {
        const [at, to] = [positions.get(piece)!, endOf(piece, until)];
        if (to === piece.from) break;
        total.to = to;
        total.requests += sums.get(at)?.(to).requests ?? 0;
        total.observedMinutes += observedUntil[at]!(to);
        total.minutes += (to - piece.from) / MINUTE_MS;
      }
      return total;
    };
    return rules.of(subject.keyId, "change").flatMap(({ rule, since }) =>
      (occurrences.get(windowOf(rule)) ?? []).map((occurrence) => {
        const own = ticks.filter((tick) => occurrence.at.has(tick));
        const judge = (tick: number) => {
          const now = occurrence.at.get(tick)!;
          if (rule.days !== undefined && !rule.days.includes(now.weekday)) return null;
          const [current, ...before] = occurrence.weeks;
          const past = before
            .filter((week) => week.length > 0)
            .map((week) => inWeek(week, now.to))
            // Before its first request a key was not quiet: it was not there.
            .filter(({ from, minutes }) => minutes > 0 && from >= (bornAt.get(name) ?? Infinity));
          return judgeChange(rule, inWeek(current!, now.to), past);
        };
        const periodOf = (tick: number) => occurrence.at.get(tick)!.from;
        return toldAt({ subject, rule: ruleName(rule) }, own, judge, since, periodOf);
      }),
    );
  });
  return joinEvaluations(parts);
}

/** Where a piece ends when its span does not go on beyond an instant. */
function endOf({ at, from, to }: PastPiece, until: number): number {
  return Math.max(from, Math.min(to, from + until - at));
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
    const ends = [...at.values()].map(({ to }) => to);
    const { from } = at.values().next().value!;
    const longest = { from, to: Math.max(...ends) };
    const weeks = Array.from({ length: rule.weeks + 1 }, (_, week) =>
      week === 0 ? [{ at: from, ...longest }] : weeksBefore(longest, week, rule.time_zone),
    );
    const toPiece = (piece: PastPiece): Piece => ({ ...piece, till: endOf(piece, Math.min(...ends)) });
    return { at, weeks: weeks.map((pieces) => pieces.map(toPiece)) };
  });
}
