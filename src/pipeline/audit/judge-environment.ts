import type { Finding } from "../../model/finding/finding.js";
import type { KeyVersion } from "../../model/key/key.js";
import type { ServicesOfKey } from "../../store/audit/key-scopes.js";
import { registryFinding } from "./registry-finding.js";
import { requestsText } from "../../text/amounts.js";

/** Which environments the registry knows a service in, by the keys that were given to it. */
export function environmentsOfServices(keys: Iterable<KeyVersion>): ReadonlyMap<string, ReadonlySet<string>> {
  const environments = new Map<string, Set<string>>();
  for (const { service, environment } of keys) {
    if (service === "" || environment === "") continue;
    environments.set(service, (environments.get(service) ?? new Set<string>()).add(environment));
  }
  return environments;
}

/**
 * A key that is registered for one environment and used by services of others; null where it is not. A request says which
 * service made it, not where that runs: the registry knows that from the service's own keys.
 */
export function judgeEnvironment(
  key: KeyVersion,
  used: ServicesOfKey,
  environments: ReadonlyMap<string, ReadonlySet<string>>,
  now: number,
): Finding | null {
  if (key.environment === "") return null;
  const strange = used.services.flatMap((one) => {
    const known = environments.get(one.service);
    return known === undefined || known.has(key.environment) ? [] : [Object.assign({ environments: [...known] }, one)];
  });
  if (strange.length === 0) return null;
  const names = strange.map(({ service, environments: where }) => `${service} (${where.join(", ")})`).join(", ");
  const requests = strange.reduce((sum, one) => sum + one.requests, 0);
  return registryFinding({
    cause: "scope",
    keyId: key.keyId,
    key,
    about: "environment",
    severity: "warning",
    score: strange.length,
    onset: now,
    now,
    what: `belongs to ${key.environment} but was used by ${names}: ${requestsText(requests)} in a week`,
    against: `the other keys of these services belong to another environment`,
    statistics: {
      services: strange,
      what_to_do: `Give ${names} a key of its own environment; then check whether this key is in a configuration that both share.`,
    },
  });
}
