import { bootstrap, highestUnseenRate, wilson, type Estimate } from "./intervals.js";
import { attackKinds, type AttackKind } from "../../../src/local/simulator/attacks.js";
import { lostShare, medianDelay, type AttackOutcome, type KeyOutcome } from "./metrics.js";
import { DELAYS } from "./protocol.js";

/** Recall of some attacks within each delay of DELAYS. */
export interface Recall {
  readonly attacks: number;
  readonly within: readonly Estimate[];
}

/** Everything that is told about a detector under one threshold; shares are 0 to 1, intervals 90 %. */
export interface Summary {
  readonly threshold: number;
  readonly benignDays: number;
  /** False pages per 1,000 benign key-days. */
  readonly falsePer1000: Estimate;
  /** Of the drawn kinds, without those that are only there on demand. */
  readonly all: Recall;
  readonly kinds: ReadonlyMap<AttackKind, Recall>;
  readonly origins: ReadonlyMap<string, Recall>;
  /** Of thefts in a key's first two days, by what can be known of them. */
  readonly firstDays: ReadonlyMap<string, Recall>;
  readonly lost: Estimate;
  /** Minutes. */
  readonly medianDelay: number;
}

/** Sums up what a detector did: by bootstrap over keys for all attacks, by Wilson's interval for single kinds and origins. */
export function summarise(keys: readonly KeyOutcome[], threshold: number): Summary {
  const attacks = keys.flatMap((key) => key.attacks);
  const drawn = attacks.filter(({ kind }) => attackKinds.some((one) => one === kind));
  const benignDays = keys.reduce((sum, key) => sum + key.benignDays, 0);
  const rows = keys.map((key) => {
    const own = key.attacks.filter(({ kind }) => attackKinds.some((one) => one === kind));
    return [
      key.benignDays,
      key.falsePages,
      own.length,
      ...DELAYS.map((minutes) => countWithin(own, minutes)),
      own.reduce((sum, { spendMicros }) => sum + spendMicros, 0),
      own.reduce((sum, { lostMicros }) => sum + lostMicros, 0),
    ];
  });
  const [pages, ...others] = bootstrap(rows, [
    (t) => (1000 * t[1]!) / t[0]!,
    ...DELAYS.map((_, i) => (t: readonly number[]) => t[3 + i]! / t[2]!),
    (t) => t[4 + DELAYS.length]! / t[3 + DELAYS.length]!,
  ]);
  const unseen = pages!.value === 0 ? { ...pages!, high: 1000 * highestUnseenRate(benignDays) } : pages!;
  return {
    threshold,
    benignDays,
    falsePer1000: unseen,
    all: { attacks: drawn.length, within: others.slice(0, DELAYS.length) },
    kinds: recallBy(attacks, ({ kind }) => kind),
    origins: recallBy(
      attacks,
      ({ origin, copiesClient }) => `${origin}, ${copiesClient ? "the owner's program" : "another program"}`,
    ),
    firstDays: recallBy(
      attacks.filter(({ firstDays }) => firstDays !== null),
      ({ firstDays }) => firstDays!,
    ),
    lost: { ...others.at(-1)!, value: lostShare(drawn) },
    medianDelay: medianDelay(drawn),
  };
}

/** Recall of each group of attacks, with Wilson's intervals: a key has one attack as a rule. */
function recallBy<Name extends string>(
  attacks: readonly AttackOutcome[],
  nameOf: (attack: AttackOutcome) => Name,
): Map<Name, Recall> {
  const groups = new Map<Name, AttackOutcome[]>();
  for (const attack of attacks) {
    const name = nameOf(attack);
    groups.set(name, groups.get(name) ?? []);
    groups.get(name)!.push(attack);
  }
  const named = [...groups].toSorted(([a], [b]) => a.localeCompare(b));
  return new Map(
    named.map(([name, own]) => {
      const within = DELAYS.map((minutes) => wilson(countWithin(own, minutes), own.length));
      return [name, { attacks: own.length, within }];
    }),
  );
}

function countWithin(attacks: readonly AttackOutcome[], minutes: number): number {
  return attacks.filter(({ delay }) => delay <= minutes).length;
}
