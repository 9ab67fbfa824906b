import { countObservedDays } from "../../detect/rules/idle-key.js";
import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import { versionAt } from "../../model/key/plan-keys.js";
import type { ScopeUse, ServicesOfKey } from "../../store/audit/key-scopes.js";
import { DAY_MS } from "../../time/day.js";
import { registryFinding } from "./registry-finding.js";
import { requestsText, countedText } from "../../text/amounts.js";

/** What is used once a quarter was used within this. */
const UNUSED_DAYS = 90;
/** Days on which a source was heard since the key's traffic first named a scope: two thirds of those, or nobody can say. */
const HEARD_DAYS = 60;
/** A grant is told of for so long after it counts: an audit that was missed is made up for. */
export const WIDENED_FOR_MS = 2 * DAY_MS;
const NAMED = 8;

const listText = (names: readonly string[]) =>
  names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` and ${names.length - NAMED} more` : "");

/** What is granted to a key and was not used in ninety days. Null where nothing is, or where too little of its traffic was heard with scopes. */
export function judgeUnused(
  history: readonly KeyVersion[],
  uses: readonly ScopeUse[],
  observedDays: readonly number[],
  now: number,
): Finding | null {
  const key = versionAt(history, now);
  const before = versionAt(history, now - UNUSED_DAYS * DAY_MS);
  if (key === undefined || before === undefined || uses.length === 0) return null;
  const observed = countObservedDays(observedDays, Math.min(...uses.map(({ firstAt }) => firstAt)), now);
  if (observed < HEARD_DAYS) return null;
  const used = new Set(uses.filter(({ served }) => served > 0).map(({ scope }) => scope));
  // Granted all the time.
  const whole = history.filter((one) => one.validFrom <= now && one.validFrom > before.validFrom);
  const unused = key.scopes.filter(
    (scope) => !used.has(scope) && [before, ...whole].every(({ scopes }) => scopes.includes(scope)),
  );
  if (unused.length === 0) return null;
  const owner = key.owner || "the key's owner";
  return registryFinding({
    cause: "scope",
    keyId: key.keyId,
    key,
    about: "unused",
    severity: "info",
    score: unused.length,
    onset: now,
    now,
    what: `has scopes that it did not use in ${UNUSED_DAYS} days: ${listText(unused)}`,
    against: `${countedText(key.scopes.length, "scope")} granted, ${used.size} used; sources were reporting on ${countedText(observed, "day")}`,
    statistics: {
      unused,
      granted: key.scopes,
      used: [...used].toSorted(),
      what_to_do: `Ask ${owner} to remove the scopes that are not needed: anyone who steals the key gets them too.`,
    },
  });
}

/** What a key was served in the last week and was never granted. Null where nothing is, or where no grant is on file. */
export function judgeUngranted(key: KeyVersion, uses: readonly ScopeUse[], now: number): Finding | null {
  if (key.scopes.length === 0) return null;
  const ungranted = uses
    .filter(({ scope, servedLately }) => servedLately > 0 && !key.scopes.includes(scope))
    .toSorted((a, b) => b.servedLately - a.servedLately);
  if (ungranted.length === 0) return null;
  const owner = key.owner || "the key's owner";
  const requests = ungranted.reduce((sum, one) => sum + one.servedLately, 0);
  return registryFinding({
    cause: "scope",
    keyId: key.keyId,
    key,
    about: "ungranted",
    severity: "warning",
    score: ungranted.length,
    onset: Math.min(...ungranted.map(({ firstAt }) => firstAt)),
    now,
    what: `used scopes that were never granted: ${listText(ungranted.map(({ scope }) => scope))}, ${requestsText(requests)} in a week`,
    against: `granted scopes: ${listText(key.scopes)}`,
    statistics: {
      ungranted: ungranted.map(({ scope, servedLately }) => ({ scope, requests: servedLately })),
      granted: key.scopes,
      what_to_do: `If the registry is out of date, ask ${owner} and correct it. If not, the key has scopes that are not on record: have them removed at the provider.`,
    },
  });
}

/** Grants that count since less than two days ago, a finding for each; `authorOf` names who wrote a version. */
export function judgeWidened(
  history: readonly KeyVersion[],
  authorOf: (key: KeyVersion) => string,
  now: number,
): Finding[] {
  const counting = history.filter(({ validFrom }) => validFrom <= now);
  return counting.flatMap((key, at) => {
    const before = counting[at - 1];
    if (before === undefined || key.validFrom <= now - WIDENED_FOR_MS || before.scopes.length === 0) return [];
    const added = key.scopes.filter((scope) => !before.scopes.includes(scope));
    if (added.length === 0) return [];
    const when = new Date(key.validFrom).toISOString();
    const until =
      key.rotateBy === null ? "with no end date" : `until ${new Date(key.rotateBy).toISOString().slice(0, 10)}`;
    const who = authorOf(key) || "an unknown author";
    return [
      registryFinding({
        cause: "scope",
        keyId: key.keyId,
        key,
        about: `widened/${when.slice(0, 16).replace(/[-:]/g, "")}`,
        severity: "warning",
        score: added.length,
        onset: key.validFrom,
        now,
        what: `was granted more scopes by ${who}, ${until}: ${listText(added)}`,
        against: `granted before: ${listText(before.scopes)}`,
        statistics: {
          added,
          granted_by: who,
          granted_at: when,
          expires_at: key.rotateBy === null ? null : new Date(key.rotateBy).toISOString(),
          what_to_do: `Ask ${who} whether this was agreed, and for how long.`,
        },
      }),
    ];
  });
}

/** A key that several services use, with what its revocation would take down. */
export function sharedFinding(
  shared: ServicesOfKey,
  key: KeyVersion | null,
  owners: ReadonlyMap<string, string>,
  now: number,
): Finding {
  const blast = shared.services.map((one) => Object.assign({ owner: owners.get(one.service) ?? "" }, one));
  const names = blast.map(({ service, owner }) => (owner === "" ? service : `${service} of ${owner}`));
  return registryFinding({
    cause: "scope",
    keyId: shared.keyId,
    key,
    about: "shared",
    severity: "info",
    score: shared.services.length,
    onset: now,
    now,
    what: `is shared by ${shared.services.length} services: revoking it would break ${listText(names)}`,
    against: "separate keys for each service can be revoked one at a time",
    statistics: { blast_radius: blast, what_to_do: `Give each service its own key: ${listText(names)}.` },
  });
}
