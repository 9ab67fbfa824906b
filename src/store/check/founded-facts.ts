import { FOUNDING_MS, type FirstDays } from "../../model/key/founding.js";
import { NOVEL_DAYS } from "../../model/finding/baseline.js";
import { DAY_MS } from "../../time/day.js";
import type { ClickHouseClient } from "../clickhouse/clickhouse-client.js";
import type { AddressFact, NoveltyContext, NoveltyFacts, ValueFact } from "./novelty-fact.js";
import { readPeerPlaces, readPeersOfKeys, type BornKey, type KnownToPeers, type Peers } from "./peers.js";

/** A fact before it is known what of it founded the key. */
type Raw<Fact> = Omit<Fact, "firstDays"> & {
  /** Epoch ms of the end of a founding that is compared, or of which nothing founds; 0: all of it founds. */
  readonly foundedUntil: number;
  readonly isDormant: boolean;
};
export type RawAddress = Raw<AddressFact> & { readonly network16: string };
export type RawValue = Raw<Omit<ValueFact, "foundsAllowed">> & { readonly isConfined: boolean };

/** What is new to keys, what their founding gave among it. */
export interface RawFacts {
  readonly addresses: readonly RawAddress[];
  readonly systems: readonly RawValue[];
  readonly routes: readonly RawValue[];
  readonly clients: readonly RawValue[];
}

/** What a peer used counts as known once it is not new to the peer. */
const KNOWN_AFTER_MS = NOVEL_DAYS * DAY_MS;

/** By a key and its birth: whom it is compared with in its first days. */
type Compared = Map<string, Peers>;

type Founded = Pick<RawAddress, "keyId" | "foundedUntil">;
const bornKey = ({ keyId, foundedUntil }: Founded): BornKey => ({ keyId, bornAt: foundedUntil - FOUNDING_MS });
const nameOf = ({ keyId, bornAt }: BornKey) => `${bornAt} ${keyId}`;
const bornName = (one: Founded) => nameOf(bornKey(one));

/**
 * Leaves out what founded keys: of a key that is confined what its allowed networks hold, of another new one what its peers know, or all of it
 * where it has none; of a dormant one nothing. Costs two queries where such keys have anything new, and none elsewhere.
 */
export async function withoutFounding(
  client: ClickHouseClient,
  raw: RawFacts,
  { held, registry }: Pick<NoveltyContext, "held" | "registry">,
  asOf: number | null,
): Promise<NoveltyFacts> {
  const isOpen = (one: { readonly foundedUntil: number; readonly isDormant: boolean }) =>
    one.foundedUntil > 0 && !one.isDormant;
  const isInFounding = (one: { readonly usedAt: number; readonly foundedUntil: number }) =>
    one.usedAt < one.foundedUntil;
  const addresses = raw.addresses.filter((one) => isOpen(one) && one.isAllowed === null);
  const systems = raw.systems.filter((one) => isOpen(one) && !one.isConfined);
  const born = new Map([...addresses, ...systems].map((one) => [bornName(one), bornKey(one)]));
  const compared: Compared = new Map();
  for (const one of await readPeersOfKeys(client, [...born.values()], registry, asOf))
    if (one.peers !== null) compared.set(nameOf(one), one.peers);
  const isAsked = (one: RawAddress | RawValue) => compared.has(bornName(one)) && isInFounding(one);
  const request = {
    peers: unique([...compared.values()]),
    addresses: [...new Set(addresses.filter(isAsked).map(({ address }) => address))],
    systems: [...new Set(systems.filter(isAsked).map(({ value }) => value))],
    held,
    registry,
  };
  const knownSince = await readPeerPlaces(client, request, asOf);
  const found = new FoundingJudge(compared, knownSince);
  return {
    addresses: raw.addresses.map((one) => found.address(one)).filter(isNovelAddress),
    systems: raw.systems.map((one) => found.system(one)).filter(({ seenAt }) => seenAt > 0),
    routes: raw.routes.map((one) => found.other(one)),
    clients: raw.clients.map((one) => found.other(one)),
  };
}

/** Decides what founded each key. */
class FoundingJudge {
  readonly #compared: Compared;
  readonly #knownSince: KnownToPeers;

  constructor(compared: Compared, knownSince: KnownToPeers) {
    this.#compared = compared;
    this.#knownSince = knownSince;
  }

  address(one: RawAddress): AddressFact {
    const { network16, foundedUntil, isDormant, ...fact } = one;
    const { keyId, observedBy, address, usedAt, network, outsideAllowed, isAllowed } = fact;
    const since = (level: "ip" | "net24" | "net16", place: string) => {
      const at = fact[level];
      if (at === 0 || at >= foundedUntil || isDormant) return at;
      const founds = fact.isAllowed ?? this.#isKnown(one, level, place);
      return founds ? 0 : at;
    };
    return {
      keyId,
      observedBy,
      address,
      usedAt,
      network,
      ip: since("ip", address),
      net24: since("net24", network),
      net16: since("net16", network16),
      outsideAllowed,
      isAllowed,
      firstDays: this.firstDaysOf(one),
    };
  }

  system(one: RawValue): ValueFact {
    const isFounding = one.seenAt < one.foundedUntil && !one.isDormant;
    const isOwn = isFounding && !one.isConfined && this.#isKnown(one, "asn", one.value);
    return {
      ...plain(one),
      seenAt: isOwn ? 0 : one.seenAt,
      foundsAllowed: isFounding && one.isConfined,
      firstDays: this.firstDaysOf(one),
    };
  }

  /** What is no place is told of as it is. */
  other(one: RawValue): ValueFact {
    return { ...plain(one), foundsAllowed: false, firstDays: this.firstDaysOf(one) };
  }

  firstDaysOf(one: RawAddress | RawValue): FirstDays | null {
    if (one.isDormant) return { until: one.foundedUntil, kind: "dormant", peers: null };
    const peers = this.#compared.get(bornName(one));
    return peers === undefined ? null : { until: one.foundedUntil, kind: "new", peers: peers.kind };
  }

  /** Where there is nobody to compare with, all founds the key. */
  #isKnown(one: Founded, level: "ip" | "net24" | "net16" | "asn", place: string): boolean {
    const peers = this.#compared.get(bornName(one));
    if (peers === undefined) return true;
    return this.#knownSince(peers, level, place) <= bornKey(one).bornAt - KNOWN_AFTER_MS;
  }
}

const plain = ({ keyId, observedBy, usedAt, value, seenAt }: RawValue) => ({
  keyId,
  observedBy,
  usedAt,
  value,
  seenAt,
});

const isNovelAddress = ({ ip, net24, net16, outsideAllowed }: AddressFact) =>
  ip > 0 || net24 > 0 || net16 > 0 || outsideAllowed > 0;

function unique(peers: readonly Peers[]): Peers[] {
  return [...new Map(peers.map((one) => [`${one.kind} ${one.name}`, one])).values()];
}
