import type { Fleet } from "../../../src/local/simulator/fleet.js";
import type { KeyRow } from "../../../src/local/simulator/key-registry.js";
import { isServed } from "../../../src/model/event/served.js";
import { FOUNDING_MS, PEER_KINDS, type PeerKind } from "../../../src/model/key/founding.js";
import { DAY_MS, MINUTE_MS } from "../../../src/time/day.js";
import { ALL_FOUNDS, type Beginning } from "./beginning.js";
import { sourceOf } from "./source-of.js";

/** As in sql/queries/check/peers-of-keys.sql, and a week for what a peer used to be known. */
const OLD_MS = { labelled: 9 * DAY_MS, fleet: 14 * DAY_MS } as const;
const KNOWN_AFTER_MS = 7 * DAY_MS;

/** First uses of places by one key: when (epoch ms) it was born, and used each. */
interface KeyLog {
  readonly bornAt: number;
  readonly usedAt: ReadonlyMap<string, number>;
}

/** Since when the keys of a fleet use what, read when it is asked for. What attackers do is no part of it: such days age nothing. */
export class FleetLog {
  readonly #fleet: Fleet;
  readonly #logs = new Map<number, KeyLog>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** What founds a key, by the registry and by what others used before it. */
  beginningOf(index: number): Beginning {
    const bornAt = this.bornAt(index);
    if (bornAt < this.#fleet.from + OLD_MS.labelled) return ALL_FOUNDS;
    const key = this.#fleet.keys[index]!;
    const isOld = bornAt >= this.#fleet.from + OLD_MS.fleet;
    if (isOld && Date.parse(key.created_at) <= bornAt - FOUNDING_MS) return { kind: "dormant" };
    return key.allowed_cidrs === undefined ? this.newAt(index, bornAt) : ALL_FOUNDS;
  }

  /** The same of a key that is new, whatever the registry says. */
  newAt(index: number, bornAt: number): Beginning {
    for (const peers of PEER_KINDS) {
      const others = this.#peersOf(index, peers).map((one) => this.#logOf(one));
      const since = Math.min(...others.map((one) => one.bornAt));
      if (since > bornAt - (peers === "fleet" ? OLD_MS.fleet : OLD_MS.labelled)) continue;
      const know = (place: string) =>
        others.some(({ usedAt }) => (usedAt.get(place) ?? Infinity) <= bornAt - KNOWN_AFTER_MS);
      return { kind: "new", peers, know };
    }
    return ALL_FOUNDS;
  }

  #peersOf(index: number, kind: PeerKind): number[] {
    const own = this.#fleet.keys[index]!;
    const isPeer = (key: KeyRow) => kind === "fleet" || key[kind] === own[kind];
    return [...this.#fleet.keys.keys()].filter((one) => one !== index && isPeer(this.#fleet.keys[one]!));
  }

  /** Epoch ms of the first served request. */
  bornAt(index: number): number {
    for (const { minute, groups } of this.#fleet.keyTraffic(index)) {
      if (groups.some(({ status, costMicros }) => isServed(status, costMicros))) return minute * MINUTE_MS;
    }
    return Infinity;
  }

  #logOf(index: number): KeyLog {
    let log = this.#logs.get(index);
    if (log === undefined) this.#logs.set(index, (log = this.#read(index)));
    return log;
  }

  #read(index: number): KeyLog {
    // What is used later is known to no key of this fleet.
    const until = this.#fleet.to - KNOWN_AFTER_MS;
    const usedAt = new Map<string, number>();
    const known = new Set<string>();
    let bornAt = Infinity;
    for (const { minute, groups } of this.#fleet.keyTraffic(index)) {
      const at = minute * MINUTE_MS;
      if (at > until) break;
      for (const { sourceIp, asn, networkType, status, costMicros, isAttack } of groups) {
        if (isAttack || !isServed(status, costMicros)) continue;
        if (bornAt === Infinity) bornAt = at;
        if (known.has(sourceIp)) continue;
        known.add(sourceIp);
        const { ip, net24, net16 } = sourceOf(sourceIp, asn, networkType, () => true);
        for (const place of [ip, net24, net16, `as/${asn}`]) if (!usedAt.has(place)) usedAt.set(place, at);
      }
    }
    return { bornAt, usedAt };
  }
}
