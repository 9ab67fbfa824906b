import { Random } from "../../src/local/simulator/random.js";
import type { NetworkType } from "../../src/model/network/network-table.js";
import { parseAddress } from "../../src/model/network/parse-address.js";
import type { ObservedBy, RequestEvent } from "../../src/model/event/request-event.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An address with the prefixes that it lies in, as the test made them, and its network. */
export interface TestAddress {
  readonly ip: string;
  readonly net24: string;
  readonly net16: string;
  readonly asn: number;
  readonly type: NetworkType | "unknown";
}

export interface TestEvent extends RequestEvent {
  readonly from: TestAddress | null;
}

const FIRST_ROUTES = Date.parse("2026-02-26T00:00:00Z");

/** Networks that the registry allows two of the keys; some of the addresses lie in them. */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  key_0: ["10.0.0.0/14", "2001:db1::/32"],
  key_2: ["10.8.1.0/24", "2001:db3:7:2::/64"],
};

/** To this key things stay new for two days more. */
export const HELD = { keys: ["key_0"], days: [2] };

const TYPES = ["hosting", "isp", "cloud", "vpn", "business", "internal", "unknown"] as const;

/** Sixteen networks of every type, half IPv4 and half IPv6, four of them without a number; several share a system. */
function drawAddresses(random: Random): TestAddress[] {
  return Array.from({ length: 16 }, (_, network) => {
    const type = TYPES[network % TYPES.length]!;
    const asn = network % 4 === 3 ? 0 : 64_500 + (network % 11);
    return Array.from({ length: 7 }, (): TestAddress => {
      const [subnet, host] = [random.below(3), random.whole(1, 200)];
      const v4 = network % 2 === 0;
      const net16 = v4 ? `10.${network}` : `2001:db${network.toString(16)}`;
      const net24 = v4 ? `${net16}.${subnet}` : `${net16}:7:${subnet + 1}`;
      const ip = parseAddress(v4 ? `${net24}.${host}` : `${net24}::${host.toString(16)}`)!;
      return { ip, net24, net16, asn, type };
    });
  }).flat();
}

/**
 * Traffic of five keys around the UTC day that starts at `day`: some are old, one is born in the two days before and one on the
 * day itself. What comes from some addresses came late and is no history: it says nothing of when anything was first used. Addresses first appear at random, with some at the very edges of the founding two days and of the week.
 */
export function drawTraffic(seed: number, day: number): TestEvent[] {
  const random = new Random(seed, "traffic");
  const addresses = drawAddresses(random);
  const founding = day - 8 * DAY + 7 * MINUTE;
  const births = [day - 30 * DAY, founding, day - 47 * HOUR, day + 5 * HOUR, day - 20 * DAY];
  return births.flatMap((born, k) => {
    const edges = [-1, 0, 1].flatMap((minute) =>
      [born + 2 * DAY, day - 7 * DAY, day - 7 * DAY + 30 * MINUTE, day - 7 * DAY + 13.5 * HOUR].map(
        (at) => at + minute * MINUTE,
      ),
    );
    const pool = random.sample(addresses, 40);
    return pool.flatMap((from, i) => {
      const drawn = random.whole(Math.max(born, day - 9 * DAY) / MINUTE, (day + DAY) / MINUTE - 1) * MINUTE;
      const first = i === 0 ? born : Math.max(born, i <= edges.length ? edges[i - 1]! : drawn);
      const later = Array.from({ length: 14 }, () => random.whole(Math.max(first, day - 1.2 * DAY), day + DAY - 1));
      // Some come as a burst about midnight, where days, hours and slots meet.
      const midnight = Array.from({ length: 4 }, () => Math.max(first, day + random.whole(-20 * MINUTE, 20 * MINUTE)));
      return [first, ...later, ...midnight].map((ts) =>
        toEvent(ts, `key_${k}`, i % 9 === 8 ? null : from, i % 13 !== 12, random),
      );
    });
  });
}

/** Three routes at first, and one more each 20 hours, at other hours for each key; all stay in use. */
function routeAt(ts: number, keyId: string, random: Random): string {
  const hours = (ts - FIRST_ROUTES) / HOUR + Number(keyId.at(-1)) * 7;
  return `/v1/${random.below(3 + Math.max(0, Math.floor(hours / 20)))}`;
}

/** A program without a name at times, two at first, and one more each two days; their versions differ. */
function agentAt(ts: number, keyId: string, random: Random): string {
  const days = (ts - FIRST_ROUTES) / DAY + Number(keyId.at(-1));
  const program = random.below(3 + Math.max(0, Math.floor(days / 2)));
  return program === 0 ? "" : `Program-${program}/${random.below(3)}.1 (test)`;
}

function toEvent(ts: number, keyId: string, from: TestAddress | null, isHistory: boolean, random: Random): TestEvent {
  const observedBy: ObservedBy = keyId === "key_4" ? random.pick(["gateway", "caller", "provider"]) : "gateway";
  const count = random.pick([1, 1, 1, 2, 40]);
  // Half of what succeeded costs nothing, and some of what was refused or failed costs something.
  const status = random.pick([200, 200, 429, 499, 500, 403]);
  const isFree = random.chance(status === 200 ? 0.5 : 0.8);
  return {
    ts,
    keyId,
    sessionKeyId: "",
    observedBy,
    from,
    id: "",
    sourceIp: from?.ip ?? null,
    asn: from?.asn ?? 0,
    networkType: from?.type ?? "unknown",
    method: "GET",
    route: isHistory ? routeAt(ts, keyId, random) : "",
    status,
    latencyMs: 3,
    bytes: 10,
    spendMicros: isFree ? 0 : random.whole(1, 999),
    unitMillis: 0,
    count,
    scope: "",
    userAgent: isHistory ? agentAt(ts, keyId, random) : "",
    tlsFingerprint: "",
    region: "",
    service: "",
    maskedFields: "",
    isHistory,
  };
}
