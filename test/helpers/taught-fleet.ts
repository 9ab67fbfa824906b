import { Random } from "../../src/local/simulator/random.js";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const SLOT = 5 * MINUTE;

/** Midnight at which every story begins. */
export const T0 = Date.parse("2026-03-02T00:00:00Z");
/** When attackers begin: noon of the seventh day. */
export const THEFT_AT = T0 + 6 * DAY + 12 * HOUR;
/** When attackers end, and every story with them. */
export const END = THEFT_AT + 60 * MINUTE;

/** One NDJSON line each, of a fleet whose keys were each taught something, and its registry and networks as a backtest takes them. */
export class TaughtFleet {
  readonly lines: string[] = [];
  readonly keys: object[] = [];
  readonly networks = ["cidr,asn,name,type"];
  readonly #random = new Random(13, "taught fleet");
  #networks = 0;

  /** A network that nobody else has, with an address in it. */
  network(type: "cloud" | "hosting"): string {
    this.#networks += 1;
    this.networks.push(`45.${this.#networks}.0.0/16,${64_500 + this.#networks},Network ${this.#networks},${type}`);
    return `45.${this.#networks}.7.9`;
  }

  register(keyId: string, more: object = {}): void {
    this.keys.push({ key_id: keyId, owner: `owner of ${keyId}`, valid_from: new Date(T0).toISOString(), ...more });
  }

  /** Steady traffic of a span: at chance about so many requests a minute, one event every five minutes. */
  use(
    keyId: string,
    ip: string | null,
    from: number,
    to: number,
    perMinute: number | ((at: number) => number),
    costEach?: number,
  ): void {
    for (let at = from; at < to; at += SLOT) {
      const mean = typeof perMinute === "number" ? perMinute : perMinute(at);
      const count = this.#random.poisson(5 * mean);
      const cost = costEach === undefined ? {} : { cost_usd: (costEach * count).toFixed(6) };
      if (count > 0) this.send({ ts: at + this.#random.below(SLOT), key_id: keyId, source_ip: ip, count, ...cost });
    }
  }

  /** An attacker's requests, each minute so many; `more` is what else the gateway says of them. */
  steal(keyId: string, ip: string | null, perMinute: number, more: object = {}): void {
    for (let at = THEFT_AT; at < END; at += MINUTE) {
      this.send({ ts: at, key_id: keyId, source_ip: ip, count: perMinute, ...more });
    }
  }

  send(event: { readonly ts: number; readonly key_id: string } & Readonly<Record<string, unknown>>): void {
    this.lines.push(JSON.stringify({ route: "/v1/x", user_agent: "sdk/1", ...event }));
  }
}
