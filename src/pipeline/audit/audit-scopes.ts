import type { Finding } from "../../model/finding/finding.js";
import { plainHeadline } from "../../model/finding/headline.js";
import { groupBy } from "../../model/group-by.js";
import { groupByKey, versionAt } from "../../model/key/plan-keys.js";
import { ALL_KEYS } from "../../model/key/rules-of-keys.js";
import { DAY_MS } from "../../time/day.js";
import { advanceIncidents } from "../incident/advance-incidents.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import { environmentsOfServices, judgeEnvironment } from "./judge-environment.js";
import { judgeUngranted, judgeUnused, judgeWidened, sharedFinding, WIDENED_FOR_MS } from "./judge-scopes.js";

/** How many keys an audit of scopes found at what. */
export interface ScopeAudit {
  readonly unused: number;
  readonly ungranted: number;
  readonly widened: number;
  readonly shared: number;
  /** Used by services of another environment. */
  readonly elsewhere: number;
  /** Whether the sums of the quarter were told. */
  readonly summary: boolean;
}

/** Compares what keys may do with what they did, at an instant (epoch ms); what it finds becomes notices. */
export async function auditScopes(deps: AdvanceDeps, now: number): Promise<ScopeAudit> {
  const { store } = deps;
  const [versions, uses, services, authors, observedDays] = await Promise.all([
    store.registry.readKeyVersions("all"),
    store.audit.readScopeUses(now),
    store.audit.readServicesOfKeys(now),
    store.audit.readVersionAuthors(now - WIDENED_FOR_MS),
    store.audit.readObservedDays(now),
  ]);
  const usesOf = groupBy(uses, ({ keyId }) => keyId);
  const live = [...groupByKey(versions)].filter(([keyId, history]) => {
    const key = versionAt(history, now);
    return keyId !== ALL_KEYS && key !== undefined && (key.revokedAt === null || key.revokedAt > now);
  });
  const current = new Map(live.map(([keyId, history]) => [keyId, versionAt(history, now)!]));
  const owners = new Map([...current.values()].map(({ service, owner }) => [service, owner]));
  const authorOf = ({ keyId, validFrom }: { keyId: string; validFrom: number }) =>
    authors.get(JSON.stringify([keyId, validFrom])) ?? "";
  const of = (judge: (keyId: string) => Finding | null) => [...current.keys()].flatMap((keyId) => judge(keyId) ?? []);
  const histories = new Map(live);
  const unused = of((keyId) => judgeUnused(histories.get(keyId)!, usesOf.get(keyId) ?? [], observedDays, now));
  const ungranted = of((keyId) => judgeUngranted(current.get(keyId)!, usesOf.get(keyId) ?? [], now));
  const widened = live.flatMap(([, history]) => judgeWidened(history, authorOf, now));
  const sharedFindings = services
    .filter((one) => one.services.length > 1)
    .map((one) => sharedFinding(one, current.get(one.keyId) ?? null, owners, now));
  const environments = environmentsOfServices(current.values());
  const unknownSources = services.flatMap((one) => {
    const key = current.get(one.keyId);
    return key === undefined ? [] : (judgeEnvironment(key, one, environments, now) ?? []);
  });
  const counts = {
    unused: unused.length,
    ungranted: ungranted.length,
    widened: widened.length,
    shared: sharedFindings.length,
    elsewhere: unknownSources.length,
  };
  const summary = isFirstOfQuarter(now) ? [summaryFinding(counts, current.size, now)] : [];
  const findings = [...unused, ...ungranted, ...widened, ...sharedFindings, ...unknownSources, ...summary];
  await store.check.insertFindings(findings);
  await advanceIncidents(deps, findings, []);
  return { ...counts, summary: summary.length > 0 };
}

function isFirstOfQuarter(now: number): boolean {
  const day = new Date(Math.floor(now / DAY_MS) * DAY_MS);
  return day.getUTCDate() === 1 && day.getUTCMonth() % 3 === 0;
}

function summaryFinding(counts: Omit<ScopeAudit, "summary">, keys: number, now: number): Finding {
  const tick = Math.floor(now / 1000) * 1000;
  const quarter = new Date(tick - DAY_MS);
  const name = `${quarter.getUTCFullYear()}Q${Math.floor(quarter.getUTCMonth() / 3) + 1}`;
  const { unused, ungranted, widened, shared } = counts;
  return {
    findingId: `scope/summary/${name}`,
    tick,
    asOf: now,
    keyId: null,
    observedBy: "gateway",
    cause: "scope",
    subject: { kind: "summary", quarter: name },
    severity: "info",
    score: 1,
    onset: tick,
    headline: plainHeadline(
      null,
      `Permissions at the end of ${name}: of ${keys} keys ${unused} have scopes that they never use, ${ungranted} use scopes that were never granted, ${shared} are shared by services`,
    ),
    signals: [],
    statistics: {
      keys,
      unused,
      ungranted,
      widened,
      shared,
      what_to_do: "See the notices on each key: plimsoll incidents list",
    },
  };
}
