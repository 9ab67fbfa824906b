import { drawAttack } from "../../src/local/simulator/draw-attack.js";
import { openFleet, type Fleet } from "../../src/local/simulator/fleet.js";
import { drawProfile, type ProfileRequest } from "../../src/local/simulator/key-profile.js";
import { drawOperators } from "../../src/local/simulator/networks.js";

const MINUTE_MS = 60_000;
const LIMIT = 120;

/** Shapes of calm keys; the first one makes sure that every minute is heard. */
const WISHES: readonly ProfileRequest[] = [
  { shape: { kind: "poller", everyMinutes: 1, phaseMinutes: 0 }, meanPerMinute: 1, sources: "hosts" },
  { shape: { kind: "flat" }, meanPerMinute: 0.6, sources: "autoscaled" },
  { shape: { kind: "flat" }, meanPerMinute: 0.3, sources: "hosts" },
  { kind: "business", meanPerMinute: 0.3, sources: "hosts" },
];

/** A theft: which key (its number), from when to when (epoch ms), how many requests a minute from how many addresses. */
export interface Theft {
  readonly key: number;
  readonly from: number;
  readonly to: number;
  readonly perMinute: number;
  readonly addresses: number;
}

/** An event as its line, with its instant. */
export interface FleetLine {
  readonly at: number;
  readonly text: string;
}

/** Calm keys over a span (epoch ms), some of which are used by attackers in hosting networks. */
export interface AttackersFleet extends Fleet {
  readonly lines: readonly FleetLine[];
  readonly stolen: readonly string[];
}

export function attackersFleet(
  seed: number,
  keys: number,
  from: number,
  to: number,
  thefts: readonly Theft[],
): AttackersFleet {
  const span = { from: from / MINUTE_MS, to: to / MINUTE_MS };
  const operators = drawOperators(seed);
  const profiles = Array.from({ length: keys }, (_, i) => ({
    ...drawProfile(seed, i, operators, span, {
      limitPerMinute: LIMIT,
      service: "payments",
      ...WISHES[i % WISHES.length],
    }),
    activeFrom: span.from,
  }));
  const stolen = thefts.map(({ key }) => profiles[key]!.keyId);
  const attacks = thefts.map((theft, index) =>
    drawAttack(
      seed,
      index,
      {
        kind: "B",
        keyId: stolen[index]!,
        from: theft.from,
        to: theft.to,
        origin: "hosting",
        addresses: theft.addresses,
        requestsPerMinute: theft.perMinute,
      },
      { profiles, operators, span, taken: new Set() },
    ),
  );
  const fleet = openFleet({
    seed,
    ...span,
    operators,
    keys: profiles.map((profile) => ({ profile, disturbances: [] })),
    attacks,
  });
  const lines = [...fleet.batches(5000)].flatMap((batch) => batch.lines.split("\n").filter((text) => text !== ""));
  // Allowed networks would page by themselves.
  const registry = fleet.keys.map(({ allowed_cidrs: _, ...key }) => key);
  return {
    ...fleet,
    keys: registry,
    stolen,
    lines: lines.map((text) => ({ at: Date.parse(text.slice(7, 31)), text })),
  };
}
