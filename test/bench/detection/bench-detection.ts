import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { adaptiveKinds, attackKinds, type AttackKind } from "../../../src/local/simulator/attacks.js";
import { thresholds } from "../../../src/detect/threshold.js";
import type { KeyDigest } from "./digest.js";
import { explainFalsePages } from "./false-pages.js";
import { FIRST_RIVAL, FIRST_VARIANT, OURS, RIVALS } from "./judge-key.js";
import { outcomes, thresholdForBudget } from "./metrics.js";
import { curveOf, plotCurves } from "./plot.js";
import { BENCH_KINDS, DELAYS, EVALUATION_SEEDS, orderFleets, TUNING_SEEDS, type FleetOrder } from "./protocol.js";
import { compareTable, kindTable, originTable, summaryJson, targetTable, type Shown } from "./report.js";
import { shareWork, showProgress } from "./share-work.js";
import { summarise, type Summary } from "./summary.js";
import { judgeTargets, TIERS } from "./targets.js";
import { VARIANTS } from "./variants.js";

// How well Plimsoll detects, beside other rules, on simulated fleets: npm run bench:detection -- --help

const USAGE = `bench:detection [--keys N] [--attacks-per-kind N] [--seed N] [--tuning] [--kinds ABC] [--explain N] [--svg FILE] [--json]
  --keys N              keys judged, over all seeds (default 1600)
  --attacks-per-kind N  attacks of each kind, over all seeds (default 125)
  --tuning-keys N       keys of the tuning seeds, without attacks, that equal budgets are set on (default 1200)
  --seed N              judge the fleet of this seed instead of the evaluation seeds
  --tuning              judge the tuning seeds themselves: quick, and no figure to report
  --kinds LETTERS       kinds of attacks (default ABCDEFGHIJN; K, L, M and N know that somebody watches)
  --explain N           list the N highest false pages and what happened near them
  --svg FILE            write the plot
  --json                end with one JSON object`;

/** False pages per 1,000 key-days at which all detectors are compared. */
const EQUAL_BUDGET = 1;
const COLOURS = ["#8a6d3b", "#7a9cc6", "#4f7f52", "#b07aa1", "#e08214", "#9c755f", "#1f3a5f"];

const { values: given } = parseArgs({
  options: {
    keys: { type: "string", default: "1600" },
    "attacks-per-kind": { type: "string", default: "125" },
    "tuning-keys": { type: "string", default: "1200" },
    seed: { type: "string" },
    tuning: { type: "boolean", default: false },
    kinds: { type: "string", default: BENCH_KINDS.join("") },
    explain: { type: "string", default: "0" },
    svg: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (given.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const [keys, perKind] = [countOf("keys", given.keys), countOf("attacks-per-kind", given["attacks-per-kind"])];
  const kinds = given.kinds.split("").map((letter): AttackKind => {
    const kind = [...attackKinds, ...adaptiveKinds].find((one) => one === letter);
    if (kind === undefined) throw new Error(`--kinds: there is no kind ${letter}`);
    return kind;
  });
  const evaluationSeeds = given.seed === undefined ? EVALUATION_SEEDS : [countOf("seed", given.seed)];
  const orders = orderFleets(given.tuning ? TUNING_SEEDS : evaluationSeeds, keys, perKind, kinds);
  const judged = await judge("judged fleets", orders);
  const tuningOrders = orderFleets(TUNING_SEEDS, countOf("tuning-keys", given["tuning-keys"]), 0);
  const tuned = given.tuning ? judged : await judge("tuning fleets", tuningOrders);
  const at = (index: number, threshold: number) => summarise(outcomes(judged, index, threshold), threshold);
  const tiers = TIERS.map(({ name, budget }) => ({ name, summary: at(OURS, thresholds(budget, budget).page) }));
  const budgeted = (name: string, index: number): Shown => {
    return { name, summary: at(index, thresholdForBudget(tuned, index, EQUAL_BUDGET)) };
  };
  const shipped = RIVALS.map(({ name, shippedAt }, i): Shown => ({ name, summary: at(FIRST_RIVAL + i, shippedAt) }));
  const equal = [budgeted("Plimsoll", OURS), ...RIVALS.map(({ name }, i) => budgeted(name, FIRST_RIVAL + i))];
  const ablation = [...VARIANTS.map(({ name }, i) => budgeted(name, FIRST_VARIANT + i)), budgeted("all", OURS)];
  const verdicts = tiers.flatMap(({ name, summary }) => judgeTargets(name, summary));
  const days = Math.round(tiers[0]!.summary.benignDays);
  const story =
    `${judged.length} keys of seeds ${orders.map(({ seed }) => seed).join(", ")}: ${days.toLocaleString("en-US")} benign key-days, ` +
    `${tiers[0]!.summary.all.attacks} attacks`;
  const page = tiers.find(({ name }) => name === "page")!.summary;

  print(
    `# How well it detects\n\n${story}${given.tuning ? " (tuning seeds: not to be reported)" : ""}. ` +
      "Percent of attacks found within each delay after the first malicious request, with 90 % intervals: bootstrap over keys for " +
      "all attacks, false pages and spend, Wilson for single kinds. A false page is an incident: benign alarms less than 6 h apart are one.",
  );
  print(`## As shipped\n\n${compareTable([...tiers.map(tierRow), ...shipped])}`);
  print(
    `## At ${EQUAL_BUDGET} false page per 1,000 key-days, thresholds from the tuning seeds\n\n${compareTable(equal)}`,
  );
  for (const { name, summary } of tiers) print(`## Per kind, ${name} tier\n\n${kindTable(summary)}`);
  print(`## By the thief's place, page tier\n\n${originTable(page.origins)}`);
  print(`## What each kind of evidence adds, at the same budget\n\n${compareTable(ablation)}`);
  print(`## Targets (met when the 90 % interval reaches it)\n\n${targetTable(verdicts)}`);
  print(`${verdicts.filter(({ isMet }) => isMet).length} of ${verdicts.length} targets met.`);
  const explain = Number(given.explain);
  if (explain > 0) print(`## False pages, page tier\n\n${explainFalsePages(judged, orders, page.threshold, explain)}`);
  if (given.svg !== undefined) writeFileSync(given.svg, plot(judged, tiers, `Simulated fleets, ${story}.`));
  if (given.json) {
    const json = (shown: readonly Shown[]) => shown.map(({ name, summary }) => ({ name, ...summaryJson(summary) }));
    const tables = { tiers: json(tiers), shipped: json(shipped), equalBudget: json(equal), ablation: json(ablation) };
    console.log(JSON.stringify({ bench: "detection", tuning: given.tuning, ...tables, targets: verdicts }));
  }
}

async function judge(what: string, orders: readonly FleetOrder[]): Promise<KeyDigest[]> {
  return shareWork<KeyDigest>(new URL("./judge-worker.js", import.meta.url), orders, showProgress(what));
}

function tierRow({ name, summary }: { readonly name: string; readonly summary: Summary }): Shown {
  return { name: `**Plimsoll, ${name} tier**`, summary };
}

function plot(keys: readonly KeyDigest[], tiers: readonly Shown[], caption: string): string {
  const ours = curveOf(keys, OURS, { name: "Plimsoll", colour: "#c0392b", isOurs: true });
  const rivals = RIVALS.map(({ name }, i) => {
    const short = name
      .replace(/ \(.*$/, "")
      .replace("promql-anomaly-detection, ", "")
      .replace("75 % ", "share ");
    return curveOf(keys, FIRST_RIVAL + i, { name: short, colour: COLOURS[i]!, isOurs: false });
  });
  const marks = tiers.map(({ name, summary }) => {
    return { name, falsePer1000: summary.falsePer1000.value, recall: summary.all.within[DELAYS.indexOf(360)]!.value };
  });
  return plotCurves([...rivals, ours], marks, caption);
}

function print(text: string): void {
  console.log(`${text}\n`);
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${option} takes a whole number from 1, not ${text}`);
  return count;
}
