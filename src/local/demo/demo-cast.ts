import { lastHour, type Part } from "./demo-story.js";
import type { Disturbance } from "../simulator/disturbances.js";
import { drawDisturbances } from "../simulator/draw-disturbances.js";
import { drawProfile, type KeyProfile, type ProfileRequest } from "../simulator/key-profile.js";
import type { Operator } from "../simulator/networks.js";
import { Random } from "../simulator/random.js";
import { isExact, type ShapeKind } from "../simulator/rate-shape.js";

const DAY = 1440;
/** What the whole story is scaled to, so that the demo loads in a minute or two on a laptop. */
const TARGET_EVENTS = 1_075_000;
/** What the key that will be stolen may do in a minute, and what it does on average. */
export const LEAKED_LIMIT = 100;
const LEAKED_MEAN = 12;
/** The batch key's steady rate, its limit, and its hours. */
const BATCH_PER_MINUTE = 78;
const BATCH_LIMIT = 100;
const BATCH_MINUTES = 160;
/** Ordinary mishaps end so many days before now: nothing that happened by chance is still news in the last hour. */
const CALM_DAYS = 8;
/** The other keys' kinds of day, which are dealt out anew by every seed. */
const OTHER_DAYS: Readonly<Partial<Record<ShapeKind, number>>> = {
  business: 9,
  evening: 5,
  flat: 6,
  poller: 4,
  cron: 4,
  mixed: 4,
  ci: 3,
  weekly: 2,
  nightly: 1,
  dormant: 1,
};
/** The leading parts wander little, so that every seed tells the same story. */
const STEADY = { wander: [0.1, 0.08, 0.05], evenness: 30, weeklyGrowth: 0 } as const;
const FREE_SERVICES = ["payments", "search", "storage", "accounts", "builds"] as const;
/** Two other keys cost money per request. */
const PRICED_SERVICES = ["language", "maps"] as const;
/** So many other keys are made on the way. */
const LATE_KEYS = 2;

/** One key of the demo. */
export interface Actor {
  readonly part: Part;
  readonly profile: KeyProfile;
  readonly disturbances: readonly Disturbance[];
}

/** The demo's keys in drawn order over a span of epoch minutes whose length is whole weeks. */
export function castActors(
  seed: number,
  operators: readonly Operator[],
  span: { readonly from: number; readonly to: number },
): Actor[] {
  const random = new Random(seed, "demo");
  const deals = random.sample(
    [...storyDeals(random, span.to), ...otherDeals(random, (span.to - span.from) / DAY)],
    Infinity,
  );
  return deals.map(({ part, wish, late }, index): Actor => {
    const drawn = drawProfile(seed, index, operators, span, wish);
    const activeFrom = late ? span.from + random.whole(8 * DAY, 12 * DAY) : span.from;
    const profile =
      part === "other"
        ? { ...drawn, activeFrom }
        : { ...drawn, ...(isExact(drawn.shape) ? {} : STEADY), confined: false };
    const usual = { from: span.from + DAY, to: span.to - CALM_DAYS * DAY };
    // The leading parts live quietly until their hour.
    const disturbances =
      part === "other"
        ? drawDisturbances(seed, profile, operators, usual)
        : lastHour(part, profile, operators, span.to, random);
    return { part, profile, disturbances };
  });
}

interface Deal {
  readonly part: Part;
  readonly wish: ProfileRequest;
  readonly late?: boolean;
}

/** The five leading parts; whatever the clock says at `to`, it is afternoon or evening where their people are. */
function storyDeals(random: Random, to: number): Deal[] {
  const zoneFor = (hour: number) => Math.round(hour * 60) - (to % DAY);
  const evening = (hour: number, night: number) =>
    ({
      kind: "evening",
      utcOffsetMinutes: zoneFor(hour),
      night,
      weekend: random.between(0.9, 1.1),
    }) as const;
  const office = {
    kind: "mixed",
    utcOffsetMinutes: zoneFor(random.between(10, 16)),
    night: 0.15,
    weekend: 0.5,
  } as const;
  const startMinute = (to - random.whole(75, 100)) % DAY;
  return [
    {
      part: "leaked",
      wish: {
        shape: evening(random.between(15, 17), 0.28),
        meanPerMinute: random.between(0.95, 1.05) * LEAKED_MEAN,
        limitPerMinute: LEAKED_LIMIT,
        service: "messages",
        sources: "autoscaled",
      },
    },
    {
      part: "deployed",
      wish: {
        shape: office,
        meanPerMinute: random.between(1, 1.5),
        limitPerMinute: 60,
        service: "payments",
        sources: "hosts",
      },
    },
    {
      part: "migrated",
      wish: {
        shape: { kind: "flat" },
        meanPerMinute: random.between(1.2, 1.7),
        limitPerMinute: 60,
        service: "search",
        sources: "hosts",
      },
    },
    {
      part: "saturating",
      wish: {
        shape: { kind: "plateau", startMinute, minutes: BATCH_MINUTES },
        meanPerMinute: (BATCH_PER_MINUTE * BATCH_MINUTES) / DAY,
        limitPerMinute: BATCH_LIMIT,
        service: "storage",
        sources: "hosts",
      },
    },
    {
      part: "campaigning",
      wish: {
        shape: evening(random.between(19.5, 21), 0.15),
        meanPerMinute: random.between(1.4, 1.9),
        limitPerMinute: 120,
        service: "accounts",
        sources: "clients",
      },
    },
  ];
}

/** All other keys; together they send what the leading parts leave of the target. */
function otherDeals(random: Random, days: number): Deal[] {
  const kinds = Object.entries(OTHER_DAYS).flatMap(([kind, times]) => Array<ShapeKind>(times).fill(kind as ShapeKind));
  const weights = kinds.map(() => random.logNormal(1, 0.6));
  const leading = LEAKED_MEAN + (BATCH_PER_MINUTE * BATCH_MINUTES) / DAY + 4.5;
  const left = (TARGET_EVENTS / (days * DAY) - leading) / weights.reduce((sum, weight) => sum + weight, 0);
  return random.sample(kinds, Infinity).map((kind, index): Deal => {
    const service = PRICED_SERVICES[index] ?? random.pick(FREE_SERVICES);
    const late = index >= kinds.length - LATE_KEYS;
    return {
      part: "other",
      wish: { kind, meanPerMinute: left * (weights[index] ?? 1), service },
      late,
    };
  });
}
