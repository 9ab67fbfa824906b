import { judgeOutsideAllowed } from "../../../detect/rules/outside-allowed.js";
import { judgeRevokedUse } from "../../../detect/rules/revoked-use.js";
import { judgeStaleCallers } from "../../../detect/rules/stale-callers.js";
import type { SourceInHour } from "../../../detect/rules/source-in-hour.js";
import type { RefusedCaller } from "../../../store/audit/key-users.js";
import type { RevokedUse, SourceUse } from "../../../store/check/source-usage.js";
import { HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import { joinEvaluations, toldAt, type Evaluation, type RuleSpan, type RuleStore } from "./rule-evaluation.js";
import { groupBySubject } from "../../../model/subject.js";

/** Evaluates what pages without a rule: service outside the allowed networks, and use of revoked keys, in the hour before each tick. */
export async function evaluateSourceFacts(store: RuleStore, span: RuleSpan): Promise<Evaluation> {
  const [outside, revoked] = await Promise.all([evaluateOutside(store, span), evaluateRevoked(store, span)]);
  return joinEvaluations([outside, revoked]);
}

async function evaluateOutside(store: RuleStore, { ticks, keys, rawAsOf }: RuleSpan): Promise<Evaluation> {
  const allowed = [...keys.values()]
    .filter((key) => key.allowedCidrs.length > 0)
    .map((key) => ({ keyId: key.keyId, cidrs: key.allowedCidrs }));
  if (allowed.length === 0 || ticks.length === 0) return { told: [], notEvaluated: [] };
  const uses = await store.check.readOutsideAllowed(allowed, hoursBefore(ticks), rawAsOf);
  const parts = [...groupBySubject(uses).values()].map((ofSubject) => {
    const subject = ofSubject[0]!;
    const { allowedCidrs, validFrom } = keys.get(subject.keyId)!;
    const judge = (tick: number) => judgeOutsideAllowed(inHourBefore(tick, ofSubject), allowedCidrs);
    return toldAt({ subject, rule: "" }, ticks, judge, validFrom);
  });
  return joinEvaluations(parts);
}

async function evaluateRevoked(store: RuleStore, { ticks, keys, rawAsOf }: RuleSpan): Promise<Evaluation> {
  const last = ticks.at(-1) ?? 0;
  const revoked = [...keys.values()].flatMap(({ keyId, revokedAt }) =>
    revokedAt !== null && revokedAt < last ? [{ keyId, revokedAt }] : [],
  );
  if (revoked.length === 0) return { told: [], notEvaluated: [] };
  const uses = await store.check.readRevokedUse(revoked, hoursBefore(ticks), rawAsOf);
  const refusedAtHome = new Set(
    uses.filter((use) => use.isKnown && use.refused.some((count) => count > 0)).map(({ keyId }) => keyId),
  );
  const asked = revoked.filter(({ keyId }) => refusedAtHome.has(keyId));
  const callers = groupBySubject(await store.audit.readRefusedCallers(asked, hoursBefore(ticks), rawAsOf));
  const parts = [...groupBySubject(uses)].flatMap(([name, ofSubject]) => {
    const subject = ofSubject[0]!;
    const { revokedAt, validFrom } = keys.get(subject.keyId)!;
    const own = callers.get(name) ?? [];
    const successor = [...keys.values()].find(({ replaces }) => replaces === subject.keyId)?.keyId ?? "";
    const at = revokedAt ?? Infinity;
    const judgeUse = (tick: number) => judgeRevokedUse(atHome(tick, ofSubject, own).sources, at);
    const judgeStale = (tick: number) => {
      const { sources, callers: stale } = atHome(tick, ofSubject, own);
      return judgeStaleCallers(sources, stale, at, successor);
    };
    return [
      toldAt({ subject, rule: "" }, ticks, judgeUse, validFrom),
      toldAt({ subject, rule: "" }, ticks, judgeStale, validFrom),
    ];
  });
  return joinEvaluations(parts);
}

/** Sources of the hour before a tick: a client that the key never had is somebody else, also behind a network that it had. */
function atHome(tick: number, uses: readonly RevokedUse[], refused: readonly RefusedCaller[]) {
  const lately = refused.filter(({ minutes }) => minutes.some((minute) => minute >= tick - HOUR_MS && minute < tick));
  const unknownSources = new Set(lately.filter((caller) => !caller.isKnown).map(({ address }) => address));
  return {
    sources: inHourBefore(tick, uses).map((source) =>
      unknownSources.has(source.address) ? Object.assign({}, source, { isKnown: false }) : source,
    ),
    callers: lately.filter(({ address }) => !unknownSources.has(address)),
  };
}

/** What the ticks and the minutes before them look back on. */
function hoursBefore(ticks: readonly number[]) {
  return { from: ticks[0]! - MINUTE_MS - HOUR_MS, to: ticks.at(-1)! };
}

/** What came from each address in the hour before a tick. */
function inHourBefore(tick: number, uses: readonly (SourceUse & Partial<RevokedUse>)[]): SourceInHour[] {
  return uses.flatMap((use) => {
    const within = [...use.minutes.keys()].filter((i) => use.minutes[i]! >= tick - HOUR_MS && use.minutes[i]! < tick);
    const sum = (values: readonly number[] | undefined) => within.reduce((total, i) => total + (values?.[i] ?? 0), 0);
    if (within.length === 0) return [];
    const { address, asn, networkType, isKnown = false } = use;
    const [firstAt, lastAt] = [use.minutes[within[0]!]!, use.minutes[within.at(-1)!]!];
    const figures = { requests: sum(use.requests), refused: sum(use.refused), spendMicros: sum(use.spendMicros) };
    return [{ address, asn, networkType, isKnown, firstAt, lastAt, ...figures }];
  });
}
