import type { FamiliarWord } from "../pipeline/sources/place-sources.js";
import { toKeyEntry } from "../model/key/key-entry.js";
import type { Investigation, Phase } from "../pipeline/view/investigation.js";
import type { Others } from "../page/evidence.js";
import type { SessionList } from "../store/view/investigation-sessions.js";

const iso = (at: number) => new Date(at).toISOString();
const usd = (micros: number) => micros / 1e6;

/** The investigation as JSON. */
export function investigationToJson({
  keyId,
  key,
  from,
  to,
  onset,
  found,
  phases,
  taken,
  indistinct,
  isFirstUse,
  networks,
  sources,
  sessions,
  uses,
  others,
  hours,
}: Investigation) {
  return {
    key_id: keyId,
    key: key === null ? null : toKeyEntry(key),
    from: iso(from),
    to: iso(to),
    onset: onset === null ? null : iso(onset),
    found: found.map((one) => ({
      cause: one.cause,
      severity: one.severity,
      score: one.score,
      thresholds: one.thresholds,
      onset: iso(one.onset),
      last_found_at: iso(one.lastAt),
      findings: one.findings,
      summary: one.summary,
    })),
    used_by_unknown_sources:
      taken === null
        ? null
        : {
            first_request_at: iso(taken.firstAt),
            last_request_at: iso(taken.lastAt),
            requests: taken.requests,
            spend_usd: usd(taken.spendMicros),
            networks: networks
              .filter(({ isUnknownSource }) => isUnknownSource)
              .map(({ asn, name, networkType: type, sources: own }) => ({ asn, name, type, addresses: own.length })),
          },
    indistinct:
      indistinct === null ? null : { new_isp_addresses: indistinct.addresses, usual_a_day: indistinct.usualADay },
    first_use: isFirstUse,
    phases: {
      week_before: phaseToJson(phases.before),
      since: phaseToJson(phases.since),
      last_hour: phaseToJson(phases.now),
    },
    sources: sources.map((source) => ({
      address: source.address,
      asn: source.asn,
      network: source.name,
      network_type: source.networkType,
      standing: source.standing,
      is_unknown_source: source.isUnknownSource,
      ...familiarToJson(source.vouched),
      first_at: iso(source.firstAt),
      last_at: iso(source.lastAt),
      requests: source.requests,
      errors: source.errors,
      spend_usd: usd(source.spendMicros),
      user_agents: source.userAgents,
    })),
    session_keys_of_unknown_sources: sessionsToJson(sessions.sessionKeys),
    tls_fingerprints_of_unknown_sources: sessionsToJson(sessions.tlsFingerprints),
    other_keys: othersToJson(others),
    uses: uses.map((use) => ({
      kind: use.level,
      value: use.value,
      first_seen_at: iso(use.firstSeenAt),
      first_at: iso(use.firstAt),
      last_at: iso(use.lastAt),
      requests: use.requests,
      unknown_source_requests: use.unknownSourceRequests,
      spend_usd: usd(use.spendMicros),
    })),
    hours: hours.map((one) => ({
      hour: iso(one.hour),
      requests: one.requests,
      unknown_source_requests: one.unknownSourceRequests,
      errors: one.errors,
      spend_usd: usd(one.spendMicros),
      unknown_source_spend_usd: usd(one.unknownSourceSpendMicros),
    })),
  };
}

function sessionsToJson({ busiest, total }: SessionList) {
  return {
    total,
    listed: busiest.map((one) => ({
      value: one.value,
      first_at: iso(one.firstAt),
      last_at: iso(one.lastAt),
      requests: one.requests,
      addresses: one.addresses,
    })),
  };
}

function othersToJson(others: Others) {
  if (others === null || typeof others === "string") return others;
  return {
    keys: others.keys,
    not_only_in_shared_networks: others.apart,
    never_before: others.fresh,
    networks_not_looked_up: others.networksLeft,
    shared_networks: others.shared.map(({ network, keys }) => ({ network, other_keys: keys })),
    listed: others.listed.map((one) => ({
      key_id: one.keyId,
      same_address: one.isSameAddress,
      only_in_shared_networks: one.isShared,
      first_served_at: one.firstServedAt === null ? null : iso(one.firstServedAt),
      last_at: iso(one.lastAt),
      requests: one.requests,
      refused: one.refused,
      spend_usd: usd(one.spendMicros),
    })),
  };
}

function phaseToJson({ hours, requests, spendMicros, addresses }: Phase) {
  return { hours, requests, requests_per_hour: requests / hours, spend_usd: usd(spendMicros), addresses };
}

/** The word that made a source familiar: that it is benign, or expected until then. */
function familiarToJson(word: FamiliarWord | null) {
  const said = word === null ? null : { by: word.saidBy, at: iso(word.saidAt) };
  const until = word?.until ?? null;
  return {
    familiar_by_verdict: until === null ? said : null,
    expected: said === null || until === null ? null : { ...said, until: iso(until) },
  };
}
