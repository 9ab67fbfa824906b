import { csvField } from "../model/csv-field.js";
import { toKeyEntry } from "../model/key-entry.js";
import { NO_ADDRESS } from "../model/no-address.js";
import type { Dossier, Phase, NamedSource } from "../pipeline/dossier.js";

const iso = (at: number) => new Date(at).toISOString();
const usd = (micros: number) => micros / 1e6;

/** The dossier as JSON. */
export function dossierToJson({
  keyId,
  key,
  from,
  to,
  onset,
  found,
  phases,
  taken,
  indistinct,
  sources,
  uses,
  hours,
}: Dossier) {
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
      onset: iso(one.onset),
      last_found_at: iso(one.lastAt),
      findings: one.findings,
      summary: one.summary,
    })),
    taken:
      taken === null
        ? null
        : {
            first_request_at: iso(taken.firstAt),
            last_request_at: iso(taken.lastAt),
            requests: taken.requests,
            spend_usd: usd(taken.spendMicros),
            networks: networksOf(sources.filter(({ isStranger }) => isStranger)),
          },
    indistinct: indistinct === null ? null : { new_homes: indistinct.addresses, usual_a_day: indistinct.usualADay },
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
      is_stranger: source.isStranger,
      first_at: iso(source.firstAt),
      last_at: iso(source.lastAt),
      requests: source.requests,
      errors: source.errors,
      spend_usd: usd(source.spendMicros),
      user_agents: source.userAgents,
    })),
    uses: uses.map((use) => ({
      kind: use.level,
      value: use.value,
      first_seen_at: iso(use.firstSeenAt),
      first_at: iso(use.firstAt),
      last_at: iso(use.lastAt),
      requests: use.requests,
      requests_of_strangers: use.strangeRequests,
      spend_usd: usd(use.spendMicros),
    })),
    hours: hours.map((one) => ({
      hour: iso(one.hour),
      requests: one.requests,
      requests_of_strangers: one.strangeRequests,
      errors: one.errors,
      spend_usd: usd(one.spendMicros),
      spend_usd_of_strangers: usd(one.strangeSpendMicros),
    })),
  };
}

/** A network with the addresses of a key in it. */
export interface NetworkOfKey {
  readonly asn: number;
  readonly name: string;
  readonly type: string;
  readonly addresses: number;
}

/** The networks of some sources, those with the most requests first. */
export function networksOf(sources: readonly NamedSource[]): NetworkOfKey[] {
  const networks = new Map<string, NetworkOfKey & { addresses: number; requests: number }>();
  for (const { address, asn, name, networkType: type, requests } of sources) {
    const key = address === NO_ADDRESS ? NO_ADDRESS : `${asn} ${type}`;
    const network = networks.get(key) ?? { asn, name, type, addresses: 0, requests: 0 };
    networks.set(key, network);
    network.addresses += 1;
    network.requests += requests;
  }
  return [...networks.values()]
    .toSorted((a, b) => b.requests - a.requests)
    .map(({ requests: _, ...network }) => network);
}

function phaseToJson({ hours, requests, spendMicros, addresses }: Phase) {
  return { hours, requests, requests_per_hour: requests / hours, spend_usd: usd(spendMicros), addresses };
}

const CSV_COLUMNS = [
  "section",
  "value",
  "detail",
  "first_at",
  "last_at",
  "requests",
  "requests_of_strangers",
  "spend_usd",
];

/** The dossier's sources, uses and hours as one CSV. */
export function dossierToCsv({ sources, uses, hours }: Dossier): string {
  const rows = [
    ...sources.map((one) => {
      const strange = one.isStranger ? one.requests : 0;
      const detail = `AS${one.asn} ${one.name} ${one.networkType}, ${one.standing}`;
      return [
        "source",
        one.address,
        detail,
        iso(one.firstAt),
        iso(one.lastAt),
        one.requests,
        strange,
        usd(one.spendMicros),
      ];
    }),
    ...uses.map((one) => {
      const detail = `first seen ${iso(one.firstSeenAt)}`;
      const amounts = [one.requests, one.strangeRequests, usd(one.spendMicros)];
      return [one.level, one.value, detail, iso(one.firstAt), iso(one.lastAt), ...amounts];
    }),
    ...hours.map((one) => {
      const end = iso(one.hour + 3_600_000);
      return [
        "hour",
        iso(one.hour),
        `${one.errors} errors`,
        iso(one.hour),
        end,
        one.requests,
        one.strangeRequests,
        usd(one.spendMicros),
      ];
    }),
  ];
  return [CSV_COLUMNS, ...rows].map((row) => row.map((field) => csvField(String(field))).join(",")).join("\r\n");
}
