import { AttackTraffic } from "./attack-traffic.js";
import type { Attack } from "./attacks.js";
import type { Disturbance } from "./disturbances.js";
import type { KeyProfile } from "./key-profile.js";
import { KeyTraffic } from "./key-traffic.js";
import type { RequestSink } from "./request-sink.js";

/** A key's holders, what happens to them, and the attackers who use the key. */
export interface KeyPlan {
  readonly profile: KeyProfile;
  readonly disturbances: readonly Disturbance[];
}

/** All that is requested with one key, minute after minute: the one place from which every output follows. */
export class KeyStory {
  readonly #holders: KeyTraffic;
  readonly #attackers: readonly AttackTraffic[];
  readonly #thefts: number[] = [];
  #ownCount = 0;

  constructor(seed: number, { profile, disturbances }: KeyPlan, attacks: readonly Attack[]) {
    const holders = new KeyTraffic(seed, profile, disturbances);
    this.#holders = holders;
    this.#attackers = attacks
      .filter(({ keyId }) => keyId === profile.keyId)
      .map((attack) => new AttackTraffic(seed, attack, holders));
  }

  /** How many requests the minute has, attackers' included; minutes have to be asked for one after the other, none left out. */
  count(minute: number): number {
    this.#ownCount = this.#holders.count(minute);
    let total = this.#ownCount;
    this.#thefts.length = 0;
    for (const attacker of this.#attackers) {
      const count = attacker.count(minute, this.#ownCount);
      this.#thefts.push(count);
      total += count;
    }
    return total;
  }

  /** Hands over the requests of the minute that was counted last. To be called for every minute or never: callers move even when silent. */
  write(minute: number, sink: RequestSink): void {
    this.#holders.write(minute, sink);
    this.#attackers.forEach((attacker, index) =>
      attacker.write(minute, this.#thefts[index] ?? 0, this.#ownCount, sink),
    );
  }
}
