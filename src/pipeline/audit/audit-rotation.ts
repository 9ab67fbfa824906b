import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { groupBy } from "../../model/group-by.js";
import { ALL_KEYS } from "../../model/key/rules-of-keys.js";
import { suggestCommand } from "../../text/shell-quote.js";
import type { KeyUser } from "../../store/audit/key-users.js";
import { DAY_MS } from "../../time/day.js";
import { advanceIncidents } from "../incident/advance-incidents.js";
import type { AdvanceDeps } from "../incident/record-step.js";
import { readLeakAnswer } from "./take-leak-reports.js";
import { publicKeyFinding } from "./public-key-finding.js";
import { registryFinding } from "./registry-finding.js";
import { requestsText } from "../../text/amounts.js";

/** Owners get a week to replace a key. */
const DUE_SOON_MS = 7 * DAY_MS;
/** A key with a successor, or a date, is looked at for who still uses it. */
const CALLERS_FOR_MS = DAY_MS;
const CALLERS_NAMED = 5;

/** What an audit of rotations found. */
export interface RotationAudit {
  readonly overdue: readonly string[];
  readonly dueSoon: readonly string[];
  /** Keys that have a successor and are still used. */
  readonly overlaps: readonly {
    readonly key_id: string;
    readonly successor: string;
    readonly callers: readonly string[];
  }[];
  /** Live keys that were reported as public. */
  readonly public: readonly string[];
}

/** Looks at every key's date of rotation, and again at keys that are public, at an instant (epoch ms); what it finds becomes notices. */
export async function auditRotation(deps: AdvanceDeps, now: number): Promise<RotationAudit> {
  const { store } = deps;
  const registry = await store.registry.readKeys(now, await store.readClock());
  const keys = [...registry.values()].filter(
    (key) => key.keyId !== ALL_KEYS && (key.revokedAt === null || key.revokedAt > now),
  );
  const successors = new Map(keys.flatMap((key) => (key.replaces === "" ? [] : [[key.replaces, key.keyId] as const])));
  const due = keys.filter((key) => key.rotateBy !== null && key.rotateBy <= now + DUE_SOON_MS);
  const replaced = keys.filter((key) => successors.has(key.keyId));
  const asked = [...new Set([...due, ...replaced].map(({ keyId }) => keyId))];
  const users = groupBy(await store.audit.readKeyUsers(asked, now - CALLERS_FOR_MS, now), ({ keyId }) => keyId);
  const findings = due.map((key) =>
    dueFinding(key, successors.get(key.keyId) ?? null, users.get(key.keyId) ?? [], now),
  );
  const publicFindings: Finding[] = [];
  for (const one of await store.audit.readPublicKeys(now)) {
    const answer = await readLeakAnswer(store, one.keyId, one, now);
    if (answer.state === "live" || answer.state === "unregistered")
      publicFindings.push(publicKeyFinding({ ...one, ...answer }, now));
  }
  await store.check.insertFindings([...findings, ...publicFindings]);
  await advanceIncidents(deps, [...findings, ...publicFindings], []);
  return {
    overdue: due.filter((key) => key.rotateBy! <= now).map(({ keyId }) => keyId),
    dueSoon: due.filter((key) => key.rotateBy! > now).map(({ keyId }) => keyId),
    overlaps: replaced.flatMap(({ keyId }) => {
      const own = users.get(keyId) ?? [];
      return own.length === 0 ? [] : [{ key_id: keyId, successor: successors.get(keyId)!, callers: callerTexts(own) }];
    }),
    public: publicFindings.flatMap(({ keyId }) => keyId ?? []),
  };
}

function dueFinding(key: KeyVersion, successor: string | null, users: readonly KeyUser[], now: number): Finding {
  const dueAt = key.rotateBy!;
  const isOverdue = dueAt <= now;
  const days = Math.floor(Math.abs(now - dueAt) / DAY_MS);
  const onDay = new Date(dueAt).toISOString().slice(0, 10);
  const owner = key.owner || "its owner (not on record)";
  const callers = callerTexts(users);
  const ageDays = key.createdAt === null ? null : Math.floor((now - key.createdAt) / DAY_MS);
  return registryFinding({
    cause: "rotation_due",
    keyId: key.keyId,
    key,
    about: isOverdue ? "overdue" : "due",
    severity: isOverdue ? "warning" : "info",
    score: 1,
    onset: isOverdue ? dueAt : now,
    now,
    what: isOverdue
      ? `overdue for rotation by ${days} day${days === 1 ? "" : "s"}, ${owner} must replace it`
      : `must be replaced by ${onDay}, ${owner} has ${days} day${days === 1 ? "" : "s"}`,
    against: `rotate_by is ${onDay}`,
    statistics: {
      rotate_by: new Date(dueAt).toISOString(),
      age_days: ageDays,
      successor,
      callers_of_a_day: callers,
      what_to_do:
        successor === null
          ? `Ask ${owner} for a new key, move the callers${callers.length === 0 ? "" : ` (${callers.join("; ")})`}, and revoke this one. First record its successor: ${suggestCommand("keys rotate --to NEW_KEY_ID", key.keyId)}`
          : `Move the callers that still use it to ${successor}: ${callers.length === 0 ? "none in the last day" : callers.join("; ")}. Then: ${suggestCommand("keys revoke", key.keyId)}`,
    },
  });
}

/** Callers with their share of a key's requests, the busiest first. */
function callerTexts(users: readonly KeyUser[]): string[] {
  const all = users.reduce((sum, user) => sum + user.requests, 0);
  return users
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, CALLERS_NAMED)
    .map(({ service, userAgent, address, requests }) => {
      const share = Math.round((requests / all) * 100);
      return `${service === "" ? "" : `${service}, `}${userAgent || "no user agent"} at ${address}: ${requestsText(requests)}, ${share} %`;
    });
}
