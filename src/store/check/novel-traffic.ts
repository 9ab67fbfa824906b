import { z } from "zod";
import { NETWORK_TYPES } from "../../model/network/network-table.js";
import type { NoveltyRowLevel } from "../../model/finding/novelty.js";
import { OBSERVERS } from "../../model/event/request-event.js";
import { readRows, type ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import { defineQuery, listOf, type RowOf } from "../clickhouse/define-query.js";
import type { AddressFact, NoveltyFacts, ValueFact } from "./novelty-fact.js";
import type { Subject } from "../../model/subject.js";
import { compareSeries, type NovelSeries, type NovelValue } from "./novel-series.js";
import { plainAddress } from "../clickhouse/plain-address.js";

/** A span (epoch ms, half-open, whole quarters of an hour or less), in steps of so many ms. */
interface Steps {
  readonly from: number;
  readonly until: number;
  readonly stepMs: number;
}

const span = { from: z.number(), to: z.number(), step: z.number(), keys: listOf(z.string()) };
const series = { at: z.array(z.number()), requests: z.array(z.number()), spend_micros: z.array(z.number()) };
const subject = { key_id: z.string(), observed_by: z.enum(OBSERVERS) };
const trafficOfSourcesQuery = defineQuery("check/traffic-of-sources", {
  asOf: true,
  params: { ...span, addresses: listOf(z.string()) },
  row: {
    ...subject,
    value: z.string(),
    asn: z.number(),
    network_type: z.enum([...NETWORK_TYPES, "unknown"]),
    ...series,
  },
});
const trafficOfRoutesQuery = defineQuery("check/traffic-of-routes", {
  asOf: true,
  params: { ...span, routes: listOf(z.string()) },
  row: { ...subject, value: z.string(), ...series },
});
const trafficOfClientsQuery = defineQuery("check/traffic-of-clients", {
  asOf: true,
  params: { ...span, clients: listOf(z.string()) },
  row: { ...subject, value: z.string(), ...series },
});
type ValueRow = RowOf<typeof trafficOfRoutesQuery>;
type SourceRow = RowOf<typeof trafficOfSourcesQuery>;

/** Traffic of a span from what is new to keys by the given facts. */
export async function readNovelTraffic(
  client: ClickHouseClient,
  facts: NoveltyFacts,
  { from, until, stepMs }: Steps,
  asOf: number | null,
): Promise<NovelSeries[]> {
  const params = { from: from / 1000, to: until / 1000, step: stepMs / 1000 };
  let index = indexes.get(facts);
  if (index === undefined) indexes.set(facts, (index = indexOf(facts)));
  const { addresses, systems, routes, clients } = index;
  const [ofSources, ofRoutes, ofClients] = await Promise.all([
    addresses.of.size === 0
      ? []
      : readRows(client, trafficOfSourcesQuery, { ...params, keys: addresses.keys, addresses: addresses.values }, asOf),
    routes.of.size === 0
      ? []
      : readRows(client, trafficOfRoutesQuery, { ...params, keys: routes.keys, routes: routes.values }, asOf),
    clients.of.size === 0
      ? []
      : readRows(client, trafficOfClientsQuery, { ...params, keys: clients.keys, clients: clients.values }, asOf),
  ]);
  const subjectOf = (row: ValueRow) => ({ keyId: row.key_id, observedBy: row.observed_by });
  const ofValues = (level: "route" | "client", own: Indexed<ValueFact>, rows: readonly ValueRow[]) => {
    return rows.flatMap((row): NovelSeries[] => {
      const fact = own.of.get(nameOf(subjectOf(row), row.value));
      if (fact === undefined || fact.seenAt === 0) return [];
      const { seenAt, usedAt, firstDays } = fact;
      const value = { ...subjectOf(row), ...NO_NETWORK, value: row.value, usedAt, firstDays };
      return [seriesOf(row, value, [[level, seenAt]])];
    });
  };
  const all = [
    ...ofSources.flatMap((row): NovelSeries[] => {
      const fact = addresses.of.get(nameOf(subjectOf(row), row.value));
      if (fact === undefined) return [];
      const levels = levelsOf(fact, row, systems.of.get(nameOf(fact, String(row.asn))));
      if (levels.length === 0) return [];
      const { network, usedAt, firstDays } = fact;
      const place = { asn: row.asn, networkType: row.network_type };
      return [
        seriesOf(
          row,
          { ...subjectOf(row), ...place, value: plainAddress(row.value), network, usedAt, firstDays },
          levels,
        ),
      ];
    }),
    ...ofValues("route", routes, ofRoutes),
    ...ofValues("client", clients, ofClients),
  ];
  return all.toSorted(compareSeries);
}

/** Facts of one sort by subject and value, and of which keys and values they are. */
interface Indexed<Fact> {
  readonly of: ReadonlyMap<string, Fact>;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

/** Facts are many, and asked with again and again. */
const indexes = new WeakMap<NoveltyFacts, ReturnType<typeof indexOf>>();

function indexOf({ addresses, systems, routes, clients }: NoveltyFacts) {
  const indexBy = <Fact extends Subject>(facts: readonly Fact[], valueOf: (fact: Fact) => string): Indexed<Fact> => ({
    of: new Map(facts.map((fact) => [nameOf(fact, valueOf(fact)), fact])),
    keys: [...new Set(facts.map(({ keyId }) => keyId))],
    values: [...new Set(facts.map(valueOf))],
  });
  const valueOf = ({ value }: ValueFact) => value;
  return {
    addresses: indexBy(addresses, ({ address }) => address),
    systems: indexBy(systems, valueOf),
    routes: indexBy(routes, valueOf),
    clients: indexBy(clients, valueOf),
  };
}

/** Of a route or a client it is not known from where. */
const NO_NETWORK = { network: "", asn: 0, networkType: "unknown" } as const;

const nameOf = ({ keyId, observedBy }: Subject, value: string) => `${observedBy} ${keyId} ${value}`;

type Sight = readonly [level: NoveltyRowLevel, seenAt: number];

/** Levels at which an address is new to a key (docs/detection.md, 2), with since when. */
function levelsOf(
  fact: AddressFact,
  { asn, network_type: type }: SourceRow,
  system: ValueFact | undefined,
): readonly Sight[] {
  const sights: (readonly [NoveltyRowLevel | null, number])[] = [
    asn === 0 ? [type === "internal" ? null : "unplaced", fact.net16] : [systemLevel(type), systemSeenAt(fact, system)],
    ["net16", fact.net16],
    ["net24", fact.net24],
    ["ip", fact.ip],
    ["outside_allowed", fact.outsideAllowed],
  ];
  return sights.filter((sight): sight is Sight => sight[0] !== null && sight[1] > 0);
}

/** Since when (epoch ms) the autonomous system of an address is new to a key; 0 where it is not. */
export function systemSeenAt(fact: AddressFact | undefined, system: ValueFact | undefined): number {
  if (system === undefined || (system.foundsAllowed && fact?.isAllowed === true)) return 0;
  return system.seenAt;
}

function systemLevel(networkType: string): NoveltyRowLevel | null {
  if (networkType === "internal") return null;
  if (networkType === "cloud") return "asn_cloud";
  return networkType === "isp" || networkType === "business" ? "asn_isp" : "asn_hosting";
}

function seriesOf(row: ValueRow, value: Omit<NovelValue, "levels" | "seenAt">, levels: readonly Sight[]): NovelSeries {
  return {
    ...value,
    levels: levels.map(([level]) => level),
    seenAt: levels.map(([, at]) => at),
    at: row.at,
    requests: row.requests,
    spendMicros: row.spend_micros,
  };
}
