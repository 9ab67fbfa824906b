import { drawAttack } from "../../src/local/simulator/draw-attack.js";
import type { EventBatch } from "../../src/local/simulator/event-batches.js";
import { openFleet, type Fleet } from "../../src/local/simulator/fleet.js";
import { drawProfile, type KeyProfile, type ProfileRequest } from "../../src/local/simulator/key-profile.js";
import { drawOperators } from "../../src/local/simulator/networks.js";

const SEED = 11;
const MINUTE_MS = 60_000;
const DAYS = 9;
const LEAK_MINUTES = 40;
const LIMIT = 60;

/** Shapes that look alike at any hour of any day, for tests run at any. The first one leaks. */
const WISHES: readonly ProfileRequest[] = [
  { shape: { kind: "flat" }, meanPerMinute: 2, limitPerMinute: LIMIT, sources: "autoscaled" },
  { shape: { kind: "flat" }, meanPerMinute: 1, limitPerMinute: LIMIT, sources: "hosts" },
  { shape: { kind: "flat" }, meanPerMinute: 0.5, limitPerMinute: null, sources: "autoscaled" },
  { shape: { kind: "poller", everyMinutes: 5, phaseMinutes: 2 }, meanPerMinute: 0.4, limitPerMinute: LIMIT },
];

/** A few calm keys over nine days that end at `now`, and an attacker with one of them. */
export interface LeakingFleet extends Fleet {
  readonly leaked: string;
  /** When the attacker began, epoch milliseconds. */
  readonly leakFrom: number;
}

/** In the last forty minutes the first key is filled up to just under its limit, from a hosting network. */
export function leakingFleet(now: number): LeakingFleet {
  const to = Math.floor(now / MINUTE_MS);
  const span = { from: to - DAYS * 1440, to };
  const operators = drawOperators(SEED);
  const profiles = WISHES.map((wish, index) => calm(drawProfile(SEED, index, operators, span, wish)));
  const leaked = profiles[0]?.keyId ?? "";
  const leakFrom = (to - LEAK_MINUTES) * MINUTE_MS;
  const attacker = drawAttack(
    SEED,
    0,
    {
      kind: "A",
      keyId: leaked,
      from: leakFrom,
      to: to * MINUTE_MS,
      requestsPerMinute: LIMIT,
      totalAtMost: LIMIT - 1,
      origin: "hosting",
      addresses: 2,
    },
    { profiles, operators, span, taken: new Set() },
  );
  const keys = profiles.map((profile) => ({ profile, disturbances: [] }));
  return { ...openFleet({ seed: SEED, ...span, operators, keys, attacks: [attacker] }), leaked, leakFrom };
}

function calm(profile: KeyProfile): KeyProfile {
  return { ...profile, wander: [0.05, 0.05, 0.03], evenness: 30, weeklyGrowth: 0, confined: false };
}

/** The batches as a gateway sends them that knows the raw key alone. */
export function* withRawKey(batches: Iterable<EventBatch>, keyId: string, rawKey: string): Generator<EventBatch> {
  const [known, raw] = [`"key_id":"${keyId}"`, `"key":"${rawKey}"`];
  for (const batch of batches) yield { ...batch, lines: batch.lines.replaceAll(known, raw) };
}
