import { adaptiveKinds, attackKinds, attackTitles, type AttackKind } from "../../../src/local/simulator/attacks.js";
import { openBench } from "../open-bench.js";
import { highestUnseenRate, wilson } from "./intervals.js";
import { BUDGETS, type CountedKey } from "./judge-counts.js";
import { DELAYS, orderFleets } from "./protocol.js";
import { table } from "./report.js";
import { shareWork, showProgress } from "./share-work.js";

/** Seeds of figures; the constants of the signal were chosen on those of `--tuning`. */
const SEEDS = [931, 932, 933, 934] as const;
const TUNING = [131, 132, 133, 134] as const;
/** Smaller additions are within what callers lose. */
const LEAST_SHARE = 0.05;

interface Given {
  readonly keys: number;
  readonly attacks: number;
  readonly kinds: string;
  readonly tuning: true | undefined;
  readonly explain: true | undefined;
}

const { given, report } = openBench<Given>(
  "caller-counts",
  "How well counts of callers find attackers on the owner's host who copy its client, and how often they page without one, on simulated fleets.",
  {
    keys: { about: "keys judged, over all seeds", usual: 800 },
    attacks: { about: "attacks of each kind, over all seeds: half of them copy the client", usual: 80 },
    kinds: { about: "kinds of attacks", usual: "ABDEHJ", value: "letters" },
    tuning: { about: "judge the tuning seeds: no figure to report" },
    explain: { about: "list false pages and what happened near them" },
  },
  (of) => (of.tuning ? TUNING : SEEDS),
);

const kinds = given.kinds.split("").map((letter): AttackKind => {
  const kind = [...attackKinds, ...adaptiveKinds].find((one) => one === letter);
  if (kind === undefined) throw new Error(`--kinds: there is no kind ${letter}`);
  return kind;
});
const orders = orderFleets(given.tuning ? TUNING : SEEDS, given.keys, given.attacks, kinds);
const script = new URL("./counts-worker.js", import.meta.url);
const keys = await shareWork<CountedKey>(script, orders, showProgress("keys"));

const days = keys.reduce((sum, { benignDays }) => sum + benignDays, 0);
const attacks = keys.flatMap((key) => key.attacks).filter(({ share }) => share >= LEAST_SHARE);
console.log(
  `${Math.round(days).toLocaleString("en-US")} benign key-days with caller counts, ${attacks.length} attacks on the owner's host with its program that add 5 % or more.\n`,
);
const found = (some: typeof attacks, budget: number) =>
  DELAYS.map((minutes) => {
    const count = some.filter(({ delays }) => (delays[budget] ?? Infinity) <= minutes).length;
    return some.length === 0 ? "-" : `${Math.round(100 * wilson(count, some.length).value)}`;
  });
/** What of them came with somebody who uses the key and counts nothing: for on-call, an attacker until it is known. */
const UNCOUNTED = new Set(["new_consumer", "monitor", "developer", "script"]);
const pagesOf = (budget: number) => keys.flatMap(({ falsePages }) => falsePages[budget]!);
const isUncounted = ({ near }: { readonly near: readonly string[] }) => near.some((kind) => UNCOUNTED.has(kind));
const rateOf = (count: number) =>
  count === 0 ? `< ${(1000 * highestUnseenRate(days)).toFixed(2)}` : ((1000 * count) / days).toFixed(2);
const heads = ["", "attacks", "15 min", "1 h", "6 h", "24 h"];
console.log(
  table(
    [
      "budget per 1,000 key-days",
      "false pages",
      "per 1,000",
      "without new programs that count nothing",
      ...heads.slice(2),
    ],
    BUDGETS.map((budget, b) => {
      const all = pagesOf(b);
      const others = all.filter((one) => !isUncounted(one)).length;
      return [`${budget}`, `${all.length}`, rateOf(all.length), rateOf(others)].concat(found(attacks, b));
    }),
  ),
);
const classes = [0.05, 0.1, 0.2, 0.5, Infinity];
const strict = 1;
console.log(
  `\nAt a budget of ${BUDGETS[strict]}, by what is added and by kind:\n\n${table(heads, [
    ...classes.slice(0, -1).map((least, i) => {
      const some = attacks.filter(({ share }) => share >= least && share < classes[i + 1]!);
      const name =
        i === classes.length - 2 ? `${100 * least} % and more` : `${100 * least} to ${100 * classes[i + 1]!} %`;
      return [name, `${some.length}`].concat(found(some, strict));
    }),
    ...kinds.map((kind) => {
      const some = attacks.filter((one) => one.kind === kind);
      return [`${attackTitles[kind]} (${kind})`, `${some.length}`].concat(found(some, strict));
    }),
  ])}`,
);
if (given.explain)
  for (const { at, near } of pagesOf(strict))
    console.log(`${new Date(at).toISOString().slice(0, 16)} ${near.join(", ") || "-"}`);
report({
  benignDays: days,
  attacks: attacks.length,
  budgets: BUDGETS.map((budget, b) => ({
    budget,
    falsePages: pagesOf(b).length,
    ofUncounted: pagesOf(b).filter(isUncounted).length,
    found: found(attacks, b),
  })),
});
