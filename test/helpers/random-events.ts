import { Random } from "../../src/local/simulator/random.js";
import { rollups, ROLLUPS, type Rollup } from "./rollup-sums.js";

/** Networks of the random events' addresses, as a networks file. */
export const NETWORKS = `cidr,asn,name,type
192.0.2.0/24,64500,Cheap Metal,hosting
2001:db8::/32,64501,Fibre,isp
`;

const ADDRESSES = [
  { sent: "192.0.2.7", stored: "::ffff:192.0.2.7", asn: 64500, type: "hosting" },
  { sent: "198.51.100.20", stored: "::ffff:198.51.100.20", asn: 0, type: "unknown" },
  { sent: "2001:DB8::0:1", stored: "2001:db8::1", asn: 64501, type: "isp" },
  { sent: "cloudtrail.amazonaws.com", stored: "::", asn: 0, type: "unknown" },
  { sent: null, stored: "::", asn: 0, type: "unknown" },
] as const;
const STATUSES = [200, 200, 200, 201, 302, 400, 401, 403, 404, 429, 429, 499, 500, 503, null] as const;

/** Events of a few keys over some days, and what each roll-up must make of them, computed here and nowhere else. */
export interface RandomEvents {
  readonly lines: readonly string[];
  readonly expected: Readonly<Record<Rollup, ReadonlyMap<string, readonly number[]>>>;
}

/** `count` events of keys `<prefix>0` to `<prefix>4` in the `days` before `now`. */
export function randomEvents(seed: number, count: number, prefix: string, now: number, days: number): RandomEvents {
  const random = new Random(seed, "roll-ups");
  const expected = Object.fromEntries(rollups.map((name) => [name, new Map<string, number[]>()])) as Record<
    Rollup,
    Map<string, number[]>
  >;
  const lines = Array.from({ length: count }, () => {
    // Half of them crowd together in one hour, so that minutes and sources meet.
    const ts = now - (random.chance(0.5) ? random.below(3_600_000) : random.below(days * 86_400_000));
    const address = random.pick(ADDRESSES);
    const times = random.chance(0.2) ? random.whole(2, 500) : 1;
    const micros = random.chance(0.5) ? random.below(5_000_000) : 0;
    const millis = random.below(2_000_000);
    const event = {
      ts: random.chance(0.5) ? ts : new Date(ts).toISOString(),
      key_id: `${prefix}${random.below(5)}`,
      source_ip: address.sent,
      method: random.pick(["get", "POST"]),
      route: random.pick(["/v1/messages", "/v1/users/{id}", "/v1/messages?cursor=abc"]),
      scope: random.pick(["messages:write", "users:read"]),
      status: random.pick(STATUSES),
      bytes: random.chance(0.7) ? random.below(1_000_000) : undefined,
      units: millis / 1000,
      cost_usd: random.chance(0.5) ? (micros / 1e6).toFixed(6) : micros / 1e6,
      count: times === 1 ? undefined : times,
      observed_by: random.pick(["gateway", "caller", "provider", null] as const),
    };
    const status = event.status ?? 200;
    const share = (counts: boolean) => (counts ? times : 0);
    const measures = [
      times,
      share(status < 400 || status === 499 || micros > 0),
      share(status >= 400),
      share(status === 429),
      share(status === 401 || status === 403),
      event.bytes ?? 0,
      millis,
      micros,
    ];
    const columns: Record<string, string> = {
      source_ip: address.stored,
      asn: String(address.asn),
      network_type: address.type,
      method: event.method.toUpperCase(),
      route: event.route.split("?")[0] ?? "",
      scope: event.scope,
    };
    for (const rollup of rollups) {
      const { time, by } = ROLLUPS[rollup];
      const seconds = time === "minute" ? 60 : 3600;
      const at = Math.floor(ts / 1000 / seconds) * seconds;
      const place = [at, event.key_id, event.observed_by ?? "gateway", ...by.map((name) => columns[name])].join("|");
      const sums = expected[rollup].get(place) ?? measures.map(() => 0);
      expected[rollup].set(
        place,
        sums.map((sum, index) => sum + (measures[index] ?? 0)),
      );
    }
    return JSON.stringify(event);
  });
  return { lines, expected };
}
