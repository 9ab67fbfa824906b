import { castActors, LEAKED_LIMIT, type Actor } from "./demo-cast.js";
import type { DemoStory, Part } from "./demo-story.js";
import type { Attack } from "../simulator/attacks.js";
import { drawAttack } from "../simulator/draw-attack.js";
import { openFleet, type Fleet } from "../simulator/fleet.js";
import { drawOperators } from "../simulator/networks.js";
import { Random } from "../simulator/random.js";

const DAY = 1440;
const DAYS = 21;
/** The attacker begins so many minutes before now and asks for so many requests a minute. */
const LEAK_MINUTES = 42;
const LEAK_PER_MINUTE = 80;

/** The demo's fleet with its story and the exact number of its events. */
export interface DemoTraffic extends Fleet {
  readonly story: DemoStory;
  readonly expectedEvents: number;
}

/**
 * Three weeks of 44 keys that end at `now` (epoch milliseconds, cut to the minute). With `leak`, the busiest key is used by a
 * attacker for the last 42 minutes, just under its limit; the legitimate events are the same either way.
 */
export function demoTraffic({
  seed,
  now,
  leak,
}: {
  readonly seed: number;
  readonly now: number;
  readonly leak: boolean;
}): DemoTraffic {
  const to = Math.floor(now / 60_000);
  const span = { from: to - DAYS * DAY, to };
  const operators = drawOperators(seed);
  const keys = castActors(seed, operators, span);
  const profiles = keys.map(({ profile }) => profile);
  const keyOf = (part: Part) => (keys.find((key) => key.part === part) as Actor).profile.keyId;
  const story = {
    leaked: keyOf("leaked"),
    deployed: keyOf("deployed"),
    migrated: keyOf("migrated"),
    saturating: keyOf("saturating"),
    campaigning: keyOf("campaigning"),
  };
  const attacker = (): Attack =>
    drawAttack(
      seed,
      0,
      {
        kind: "A",
        keyId: story.leaked,
        from: (to - LEAK_MINUTES) * 60_000,
        to: to * 60_000,
        requestsPerMinute: LEAK_PER_MINUTE,
        totalAtMost: LEAKED_LIMIT - 1,
        origin: "hosting",
        addresses: new Random(seed, "demo/thief").whole(2, 4),
        userAgent: "python-requests/2.32.3",
      },
      { profiles, operators, span, taken: new Set() },
    );
  const fleet = openFleet({ seed, ...span, operators, keys, attacks: leak ? [attacker()] : [] });
  return { ...fleet, story, expectedEvents: fleet.countEvents() };
}
