import { drawAddress, type Network } from "./networks.js";
import type { Random } from "./random.js";
import { upgraded } from "./user-agents.js";

/**
 * How the addresses of a key's callers come and go: servers (`hosts`, `autoscaled`, `runners`) share a few subnets;
 * `ephemeral` functions and an attacker's rented `proxies` are spread over their networks, as are people (`clients`), of whom a
 * few call most; `rotating` proxies have another address every few requests.
 */
export interface SourcePlan {
  readonly kind: "hosts" | "autoscaled" | "runners" | "ephemeral" | "clients" | "proxies" | "rotating";
  readonly networks: readonly Network[];
  /** Callers at one time. */
  readonly size: number;
  /** Mean time that a caller keeps its address; Infinity: until somebody deploys. */
  readonly lifetimeMinutes: number;
  readonly userAgents: readonly string[];
  /** Of `rotating` proxies only. */
  readonly requestsPerAddress?: number;
}

/** Whoever sends a request: an address, whose it is, and what it calls itself. */
export interface Caller {
  readonly network: Network;
  readonly ip: string;
  readonly userAgent: string;
}

interface Seat {
  readonly network: Network;
  subnet: number;
  ip: string;
  userAgent: string;
  /** First minute at which the caller has another address. */
  renewAt: number;
  isUpgraded: boolean;
  /** Another program that takes over when the address changes, or null. */
  changesTo: string | null;
}

/** Few callers make most of the requests where callers are people: index = size * u ** SKEW. */
const SKEW = 2.2;
/** Share of new servers that come up in a subnet the pool already uses, and how many subnets it uses at most. */
const SAME_SUBNET = 0.7;
const MOST_SUBNETS = 48;
/** Homes mostly keep their IPv6 prefix; share of people whose browser or app is newer when their address is. */
const SAME_PREFIX = 0.8;
const NEWER_CLIENT = 0.04;

/** The callers of one key at one time. It draws addresses only when a caller is first needed, so large pools cost what they are used. */
export class SourcePool {
  readonly plan: SourcePlan;
  /** Whether every caller sends as much as any other. */
  readonly isEven: boolean;
  readonly #random: Random;
  readonly #seats: (Seat | undefined)[] = [];
  readonly #subnets = new Map<Network, number[]>();
  readonly #skew: number;
  readonly #isServers: boolean;
  #turns = 0;

  constructor(plan: SourcePlan, random: Random) {
    this.plan = plan;
    this.#random = random;
    this.#skew = plan.kind === "clients" ? SKEW : 1;
    this.#isServers = plan.kind === "hosts" || plan.kind === "autoscaled" || plan.kind === "runners";
    this.isEven = plan.kind !== "clients" && plan.kind !== "rotating";
  }

  /** The number of the caller who sends the next request, when so many callers are at work. */
  draw(callers: number): number {
    if (this.plan.kind !== "rotating") return Math.floor(callers * this.#random.next() ** this.#skew);
    const perAddress = this.plan.requestsPerAddress ?? 1;
    const index = Math.floor(this.#turns / perAddress) % callers;
    const seat = this.#turns % perAddress === 0 ? this.#seats[index] : undefined;
    if (seat !== undefined) seat.renewAt = -Infinity;
    this.#turns++;
    return index;
  }

  /** The caller of that number at a minute. */
  at(index: number, minute: number): Caller {
    const seat = (this.#seats[index] ??= this.#newSeat(index));
    if (seat.renewAt <= minute) this.#renew(seat, minute);
    return seat;
  }

  /** One of the callers that are there already, drawn with somebody else's chance: it leaves the pool untouched. */
  peek(random: Random): Caller | undefined {
    const present = this.#seats.filter((seat) => seat !== undefined);
    return present.length === 0 ? undefined : random.pick(present);
  }

  /** Every caller moves to a new address of the same networks at some minute in the span, perhaps as a newer version of itself or as another program. */
  redeploy(from: number, to: number, isUpgrade: boolean, changesTo: string | null): void {
    // forEach skips those whom nobody has needed yet.
    this.#seats.forEach((seat) => {
      if (seat === undefined) return;
      seat.renewAt = Math.min(seat.renewAt, this.#random.whole(from, to));
      seat.isUpgraded ||= isUpgrade;
      seat.changesTo = changesTo ?? seat.changesTo;
    });
  }

  #newSeat(index: number): Seat {
    const { networks, size, userAgents } = this.plan;
    // Further people come from where the usual ones come from.
    const usual = index >= size ? this.#seats.slice(0, size).filter((seat) => seat !== undefined) : [];
    // Networks of people, too, have few with many callers; servers are spread over all that there are.
    const place = this.#isServers ? index % networks.length : networks.length * this.#random.next() ** this.#skew;
    const drawn = networks[Math.floor(place)] ?? this.#random.pick(networks);
    const network = usual.length > 0 && !this.#isServers ? this.#random.pick(usual).network : drawn;
    const userAgent = this.#random.pick(userAgents);
    return { network, subnet: -1, ip: "", userAgent, renewAt: -Infinity, isUpgraded: false, changesTo: null };
  }

  #renew(seat: Seat, minute: number): void {
    const { kind, lifetimeMinutes } = this.plan;
    seat.subnet = this.#subnetFor(seat);
    seat.ip = drawAddress(seat.network, seat.subnet, this.#random);
    const isNewer = kind === "clients" && this.#random.chance(NEWER_CLIENT);
    if (seat.isUpgraded || isNewer) seat.userAgent = upgraded(seat.userAgent);
    seat.userAgent = seat.changesTo ?? seat.userAgent;
    seat.isUpgraded = false;
    seat.changesTo = null;
    seat.renewAt =
      lifetimeMinutes === Infinity ? Infinity : minute + 1 + Math.floor(this.#random.exponential(lifetimeMinutes));
  }

  #subnetFor({ network, subnet }: Seat): number {
    const { kind } = this.plan;
    const drawn = this.#random.below(network.subnets);
    if (kind === "clients")
      return network.version === 6 && subnet >= 0 && this.#random.chance(SAME_PREFIX) ? subnet : drawn;
    if (!this.#isServers) return drawn;
    const known = this.#subnets.get(network) ?? [];
    this.#subnets.set(network, known);
    if (known.length >= MOST_SUBNETS || (known.length > 0 && this.#random.chance(SAME_SUBNET)))
      return this.#random.pick(known);
    known.push(drawn);
    return drawn;
  }
}
