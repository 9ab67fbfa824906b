import { attackKinds } from "../../../src/local/simulator/attacks.js";
import type { Weights } from "../../../src/detect/experts.js";
import { openBench } from "../open-bench.js";
import { SHIPPED } from "./expert-weights.js";
import { BUDGETS, fitWeights, qualityOf } from "./fit-weights.js";
import type { KeptKey } from "./kept-ticks.js";
import { DELAYS, TUNING_SEEDS, type FleetOrder } from "./protocol.js";
import { table } from "./report.js";
import { shareWork, showProgress } from "./share-work.js";
import { WeightTrial } from "./weight-trial.js";

/** False alarms per 1,000 key-days of which USUAL_SCALE (src/detect/threshold.ts) states the scores. */
const SCALE_AT = [0.5, 1, 2, 5, 10] as const;

interface Given {
  readonly keys: number;
  readonly attacksPerKind: number;
  readonly benignKeys: number;
  readonly minutes: string;
  readonly mostRoute: string;
  readonly heldOut: true | undefined;
}
const { given, report } = openBench<Given>(
  "fit-weights",
  "Fits the weights in src/detect/experts.ts again, to keys of the tuning seeds, and says what USUAL_SCALE in src/detect/threshold.ts would be. Changes no file.",
  {
    keys: { about: "keys of each seed with thefts of the kinds A to J", usual: 300 },
    "attacks-per-kind": { about: "thefts of each kind and seed", usual: 30 },
    "benign-keys": { about: "keys of each seed in fleets without thefts", usual: 150 },
    minutes: { about: "how long to search", usual: "10", value: "n" },
    "most-route": { about: "the highest weight of new routes", usual: "0.7", value: "weight" },
    "held-out": { about: "fit to every other seed, and say what that comes to on the rest" },
  },
  () => TUNING_SEEDS,
);
const [minutes, mostRoute] = [positive("minutes", given.minutes), positive("most-route", given.mostRoute)];

const orders = TUNING_SEEDS.flatMap((seed): FleetOrder[] => {
  const benign = Array.from({ length: Math.ceil(given.benignKeys / given.keys) }, (_, n): FleetOrder => {
    const keys = Math.min(given.keys, given.benignKeys - n * given.keys);
    return { seed: 1000 * seed + n, keys, attacksPerKind: 0, kinds: [] };
  });
  return [{ seed, keys: given.keys, attacksPerKind: given.attacksPerKind, kinds: attackKinds }, ...benign];
});
const script = new URL("./kept-ticks-worker.js", import.meta.url);
const keys = await shareWork<KeptKey>(script, orders, showProgress("kept ticks"));
const trialOf = (isOf: (turn: number) => boolean) => {
  const seeds = TUNING_SEEDS.filter((_, turn) => isOf(turn));
  return new WeightTrial(
    keys.filter(({ seed }) => seeds.some((one) => seed === one || Math.floor(seed / 1000) === one)),
  );
};
const trials =
  given.heldOut === true
    ? { "fitted to": trialOf((turn) => turn % 2 === 0), "held out": trialOf((turn) => turn % 2 === 1) }
    : { "fitted to": trialOf(() => true) };

const { generations, weights } = fitWeights(trials["fitted to"], { minutes, mostRoute });
console.log(`## Weights after ${generations} generations\n\n${weightTable(weights)}\n`);
const results = Object.entries(trials).map(([name, trial]) => {
  const { keyDays, thefts, ticks } = trial;
  const words = [Math.round(keyDays), thefts, ticks].map((count) => count.toLocaleString("en-US"));
  console.log(`## Keys ${name}: ${words[0]} benign key-days, ${words[1]} thefts, ${words[2]} ticks\n`);
  const shipped = resultOf("shipped", trial, SHIPPED);
  return { name, keyDays, thefts, ticks, shipped, fitted: resultOf("fitted", trial, weights) };
});
report({ generations, weights, results });

/** What weights come to on some keys, told and given. */
function resultOf(name: string, trial: WeightTrial, own: Weights): object {
  const { thresholds, recalls } = trial.resultOf(own, BUDGETS);
  const quality = qualityOf(recalls);
  const rows = BUDGETS.map((budget, i) => {
    const percents = recalls[i]!.map((share) => `${Math.round(100 * share)}`);
    return [`${budget}`, thresholds[i]!.toFixed(2)].concat(percents);
  });
  const head = ["false alarms per 1,000 key-days", "from", ...DELAYS.map((delay) => `% in ${delay} min`)];
  console.log(`${name}: objective ${quality.toFixed(4)}\n\n${table(head, rows)}\n`);
  const begin = trial.resultOf(own, SCALE_AT).thresholds;
  const scale = SCALE_AT.map((budget, i) => ({ budget, from: begin[i]! }));
  const words = scale.map(({ budget, from }) => `${budget} from ${from.toFixed(2)}`).toReversed();
  console.log(`False alarms in 1,000 key-days: ${words.join(", ")}\n`);
  return { quality, thresholds, recalls, scale };
}

function weightTable(fitted: Weights): string {
  const rows = (Object.keys(SHIPPED) as (keyof Weights)[]).flatMap((expert) => {
    const own = Object.values(fitted[expert]);
    return Object.entries(SHIPPED[expert]).map(([name, weight], i) => [expert, name, String(weight), String(own[i]!)]);
  });
  return table(["expert", "weight", "shipped", "fitted"], rows);
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${option} takes a number above 0, not ${text}`);
  return number;
}
