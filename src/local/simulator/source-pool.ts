import { drawAddress, type Network } from "./networks.js";
import type { Random } from "./random.js";

/**
 * How the addresses of a key's callers come and go: servers share a few subnets; people (`clients`) and a thief's rented
 * `proxies` are spread over their networks, people with a few who call most.
 */
export interface SourcePlan {
  readonly kind: "hosts" | "autoscaled" | "runners" | "clients" | "proxies";
  readonly networks: readonly Network[];
  /** Callers at one time. */
  readonly size: number;
  /** Mean time that a caller keeps its address; Infinity: until somebody deploys. */
  readonly lifetimeMinutes: number;
  readonly userAgents: readonly string[];
}

interface Caller {
  readonly network: Network;
  readonly userAgent: string;
  /** First minute at which the caller has another address. */
  renewAt: number;
  /** The part of an event from `key_id` to `user_agent`. */
  text: string;
}

/** Few callers make most of the requests where callers are people: index = size * u ** SKEW. */
const SKEW = 2.2;
/** Share of new servers that come up in a subnet the pool already uses. */
const SAME_SUBNET = 0.7;

/** The callers of one key at one time. It draws addresses only when a caller is first needed, so large pools cost what they are used. */
export class SourcePool {
  readonly #plan: SourcePlan;
  readonly #keyId: string;
  readonly #random: Random;
  readonly #callers: Caller[] = [];
  readonly #subnets: { readonly network: Network; readonly subnet: number }[] = [];
  readonly #skew: number;

  constructor(plan: SourcePlan, keyId: string, random: Random) {
    this.#plan = plan;
    this.#keyId = keyId;
    this.#random = random;
    this.#skew = plan.kind === "clients" ? SKEW : 1;
  }

  /** One caller's part of an event at a minute; `widen` above 1 brings in further people of the same networks. */
  pick(minute: number, widen: number): string {
    const size = this.#plan.kind === "clients" ? Math.ceil(this.#plan.size * widen) : this.#plan.size;
    const index = Math.floor(size * this.#random.next() ** this.#skew);
    const caller = (this.#callers[index] ??= this.#newCaller(index));
    if (caller.renewAt <= minute) this.#renew(caller, minute);
    return caller.text;
  }

  /** One of the callers that are there already, drawn with somebody else's chance: it leaves the pool untouched. */
  peek(random: Random): string | undefined {
    // flat() leaves out those whom nobody has needed yet.
    const present = this.#callers.flat().filter((caller) => caller.text !== "");
    return present.length === 0 ? undefined : random.pick(present).text;
  }

  /** Every caller moves to a new address of the same networks at some minute in the span. */
  redeploy(from: number, to: number): void {
    // forEach skips those whom nobody has needed yet.
    this.#callers.forEach((caller) => {
      caller.renewAt = Math.min(caller.renewAt, this.#random.whole(from, to));
    });
  }

  #newCaller(index: number): Caller {
    const { networks, size, userAgents } = this.#plan;
    // Further people come from where the usual ones come from.
    const usual = index >= size ? this.#callers.slice(0, size).flat() : [];
    // Networks, too, have few with many callers.
    const drawn =
      networks[Math.floor(networks.length * this.#random.next() ** this.#skew)] ?? this.#random.pick(networks);
    const network = usual.length > 0 ? this.#random.pick(usual).network : drawn;
    return { network, userAgent: this.#random.pick(userAgents), renewAt: -Infinity, text: "" };
  }

  #renew(caller: Caller, minute: number): void {
    const { lifetimeMinutes } = this.#plan;
    const ip = drawAddress(caller.network, this.#subnetFor(caller.network), this.#random);
    caller.renewAt =
      lifetimeMinutes === Infinity ? Infinity : minute + 1 + Math.floor(this.#random.exponential(lifetimeMinutes));
    caller.text = `,"key_id":"${this.#keyId}","source_ip":"${ip}","user_agent":${JSON.stringify(caller.userAgent)}`;
  }

  #subnetFor(network: Network): number {
    const drawn = this.#random.below(network.subnets);
    if (this.#plan.kind === "clients" || this.#plan.kind === "proxies") return drawn;
    const known = this.#subnets.filter((site) => site.network === network);
    if (known.length > 0 && this.#random.chance(SAME_SUBNET)) return this.#random.pick(known).subnet;
    this.#subnets.push({ network, subnet: drawn });
    return drawn;
  }
}
