import { judgeIdle, type IdleVerdict } from "../../detect/rules/idle-key.js";
import type { Finding } from "../../model/finding/finding.js";
import { groupBy } from "../../model/group-by.js";
import type { KeyVersion } from "../../model/key/key.js";
import { ALL_KEYS } from "../../model/key/rules-of-keys.js";
import { suggestCommand } from "../../text/shell-quote.js";
import type { KeyDays } from "../../store/audit/key-days.js";
import type { KeyUser } from "../../store/audit/key-users.js";
import { DAY_MS } from "../../time/day.js";
import { advanceIncidents } from "../incident/advance-incidents.js";
import { readOpenIncidents } from "../incident/read-incidents.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import { registryFinding } from "./registry-finding.js";
import { requestsText, countedText } from "../../text/amounts.js";
import { minuteText } from "../../text/clock-text.js";

const NETWORKS_NAMED = 5;
/** What says more of a key that is used again than its sleep does. */
const SAID_ALREADY: ReadonlySet<string> = new Set(["leak", "public_key", "outside_allowed", "revoked_use"]);

/** Keys that an audit of idleness told of. */
export interface IdleAudit {
  readonly neverUsed: readonly string[];
  readonly sleeping: readonly string[];
  /** Used after a long time without use, or for the first time long after they were made. */
  readonly awake: readonly string[];
}

/** Looks for keys that nobody uses, and for those that are used again after a long sleep, at an instant (epoch ms); they become notices. */
export async function auditIdle(deps: AdvanceDeps, now: number): Promise<IdleAudit> {
  const { store } = deps;
  const [registry, days, observedDays, open] = await Promise.all([
    store.readClock().then((visible) => store.registry.readKeys(now, visible)),
    store.audit.readKeyDays(now),
    store.audit.readObservedDays(now),
    readOpenIncidents(store),
  ]);
  const daysOf = new Map(days.map((one) => [one.keyId, one]));
  const told = new Set(
    open.filter(({ cause }) => SAID_ALREADY.has(cause)).flatMap(({ keyId, keys }) => [keyId].concat(keys)),
  );
  // A key that is revoked or overdue is the business of its rotation.
  const judged = [...registry.values()].filter(
    ({ keyId, revokedAt, rotateBy }) =>
      keyId !== ALL_KEYS && (revokedAt === null || revokedAt > now) && (rotateBy === null || rotateBy > now),
  );
  const verdicts = judged.flatMap((key) => {
    const verdict = judgeIdle({ createdAt: key.createdAt, ...useOf(key, daysOf) }, observedDays, now);
    const isSaid = (verdict?.kind === "awake" || verdict?.kind === "first_use") && told.has(key.keyId);
    return verdict === null || isSaid ? [] : [{ key, verdict }];
  });
  const named = (kind: IdleVerdict["kind"]) =>
    verdicts.filter(({ verdict }) => verdict.kind === kind).map(({ key }) => key.keyId);
  const awake = [...named("awake"), ...named("first_use")];
  const users = groupBy(await store.audit.readKeyUsers(awake, now - DAY_MS, now), ({ keyId }) => keyId);
  const findings = verdicts.map(({ key, verdict }) => idleFinding(key, verdict, users.get(key.keyId) ?? [], now));
  await store.check.insertFindings(findings);
  await advanceIncidents(deps, findings, []);
  return { neverUsed: named("never_used"), sleeping: named("sleeping"), awake };
}

/** Use of a key under its own id, and under the one that it had before it was registered. */
function useOf(key: KeyVersion, daysOf: ReadonlyMap<string, KeyDays>) {
  const names = [key.keyId, ...key.fingerprints.map((fingerprint) => `fp_${fingerprint.slice(0, 16)}`)];
  const own = names.flatMap((name) => daysOf.get(name) ?? []);
  const lately = own.flatMap((one) => one.lately ?? []);
  const earlier = own.flatMap((one) => (one.lately === null ? one.lastAt : (one.lately.before ?? [])));
  return {
    firstAt: own.length === 0 ? null : Math.min(...own.map(({ firstAt }) => firstAt)),
    lastAt: own.length === 0 ? null : Math.max(...own.map(({ lastAt }) => lastAt)),
    lately:
      lately.length === 0
        ? null
        : {
            since: Math.min(...lately.map(({ since }) => since)),
            before: earlier.length === 0 ? null : Math.max(...earlier),
          },
  };
}

function idleFinding(key: KeyVersion, verdict: IdleVerdict, users: readonly KeyUser[], now: number): Finding {
  const { kind, days } = verdict;
  const isUsed = kind === "awake" || kind === "first_use";
  const since = isUsed ? minuteText(verdict.since) : new Date(verdict.since).toISOString().slice(0, 10);
  const owner = key.owner || "the key's owner";
  const revoke = `Ask ${owner} whether it is needed; if not: ${suggestCommand("keys revoke", key.keyId)}`;
  const networks = networkTexts(users);
  const from = networks.length === 0 ? "" : `, from ${networks.join("; ")}`;
  const ask = `Ask ${owner} whether this is their use; if not, or if they do not know: ${suggestCommand("keys revoke --force", key.keyId)}`;
  const told = {
    never_used: { what: `never used since it was created on ${since}: consider revoking it`, what_to_do: revoke },
    sleeping: { what: `unused since ${since}: consider revoking it`, what_to_do: revoke },
    awake: {
      what: `used again since ${since}, after ${days} days without use${from}`,
      what_to_do: ask,
    },
    first_use: {
      what: `first used at ${since}, ${days} days after it was created${from}`,
      what_to_do: ask,
    },
  }[kind];
  return registryFinding({
    cause: "scope",
    keyId: key.keyId,
    key,
    about: kind,
    severity: isUsed ? "warning" : "info",
    score: 1,
    onset: isUsed ? verdict.since : now,
    now,
    what: told.what,
    against: `sources were reporting on ${countedText(days, "day")} on which it was not used`,
    statistics: { days_without_use: days, since, networks, what_to_do: told.what_to_do },
  });
}

/** Networks with their requests, the busiest first. */
function networkTexts(users: readonly KeyUser[]): string[] {
  const byNetwork = groupBy(users, ({ address, asn }) => (asn === 0 ? address : `${address} (AS${asn})`));
  return [...byNetwork]
    .map(([name, own]) => ({ name, requests: own.reduce((sum, { requests }) => sum + requests, 0) }))
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, NETWORKS_NAMED)
    .map(({ name, requests }) => `${name}: ${requestsText(requests)}`);
}
