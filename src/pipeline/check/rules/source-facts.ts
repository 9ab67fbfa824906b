import { judgeOutsideAllowed, severityOfOutside } from "../../../detect/rules/outside-allowed.js";
import { judgeRevokedUse, severityOfRevokedUse } from "../../../detect/rules/revoked-use.js";
import type { RuleVerdict } from "../../../detect/rules/rule-verdict.js";
import { judgeStaleCallers, severityOfStale } from "../../../detect/rules/stale-callers.js";
import type { SourceInHour } from "../../../detect/rules/source-in-hour.js";
import type { Severity } from "../../../model/incident/page.js";
import type { RefusedCaller } from "../../../store/audit/key-users.js";
import type { RevokedUse, SourceUse } from "../../../store/check/source-usage.js";
import { HOUR_MS, MINUTE_MS } from "../../../time/day.js";
import {
  joinEvaluations,
  judgedInstants,
  toldAt,
  type Evaluation,
  type OpenVerdict,
  type RuleSpan,
  type RuleStore,
} from "./rule-evaluation.js";
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
    const judge = (tick: number) => {
      const sources = inHourBefore(tick, ofSubject);
      return openVerdict(severityOfOutside(sources), () => judgeOutsideAllowed(sources, allowedCidrs));
    };
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
  const successors = successorsOf(keys);
  const callers = groupBySubject(await store.audit.readRefusedCallers(asked, hoursBefore(ticks), rawAsOf));
  const parts = [...groupBySubject(uses)].flatMap(([name, ofSubject]) => {
    const subject = ofSubject[0]!;
    const { revokedAt, validFrom } = keys.get(subject.keyId)!;
    const own = callers.get(name) ?? [];
    const successor = successors.get(subject.keyId) ?? "";
    const at = revokedAt ?? Infinity;
    const hours = new Map(judgedInstants(ticks).map((tick) => [tick, atHome(tick, ofSubject, own)]));
    const judgeUse = (tick: number) => {
      const { sources } = hours.get(tick)!;
      return openVerdict(severityOfRevokedUse(sources), () => judgeRevokedUse(sources, at));
    };
    const judgeStale = (tick: number) => {
      const { sources, callers: stale } = hours.get(tick)!;
      const write = () => judgeStaleCallers(sources, stale, at, successor);
      return openVerdict(severityOfStale(sources, stale), write);
    };
    return [
      toldAt({ subject, rule: "" }, ticks, judgeUse, validFrom),
      toldAt({ subject, rule: "" }, ticks, judgeStale, validFrom),
    ];
  });
  return joinEvaluations(parts);
}

/** Of each key that is replaced, the first that replaces it. */
function successorsOf(keys: RuleSpan["keys"]): ReadonlyMap<string, string> {
  const successors = new Map<string, string>();
  for (const { keyId, replaces } of keys.values()) if (!successors.has(replaces)) successors.set(replaces, keyId);
  return successors;
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

/** A verdict of this severity, written where it is told. */
function openVerdict(severity: Severity | null, write: () => RuleVerdict | null): OpenVerdict | null {
  return severity === null ? null : { severity, write: () => write()! };
}

/** What came from each address in the hour before a tick. */
function inHourBefore(tick: number, uses: readonly (SourceUse & Partial<RevokedUse>)[]): SourceInHour[] {
  const found: SourceInHour[] = [];
  for (const use of uses) {
    const { address, asn, networkType, isKnown = false, minutes } = use;
    const sum = { firstAt: -1, lastAt: -1, requests: 0, refused: 0, spendMicros: 0 };
    for (let i = 0; i < minutes.length; i += 1) {
      const minute = minutes[i]!;
      if (minute < tick - HOUR_MS || minute >= tick) continue;
      if (sum.firstAt < 0) sum.firstAt = minute;
      sum.lastAt = minute;
      sum.requests += use.requests[i]!;
      sum.refused += use.refused?.[i] ?? 0;
      sum.spendMicros += use.spendMicros[i]!;
    }
    if (sum.firstAt >= 0) found.push({ address, asn, networkType, isKnown, ...sum });
  }
  return found;
}
