import { writeFileSync } from "node:fs";
import { adaptiveKinds, attackKinds, type AttackKind } from "../../../src/local/simulator/attacks.js";
import { thresholds } from "../../../src/detect/threshold.js";
import type { KeyDigest } from "./digest.js";
import { explainFalsePages } from "./false-pages.js";
import { FIRST_RIVAL, FIRST_VARIANT, OURS, RIVALS } from "./judge-key.js";
import { outcomes, thresholdForBudget } from "./metrics.js";
import { curveOf, plotCurves } from "./plot.js";
import { BENCH_KINDS, DELAYS, EVALUATION_SEEDS, orderFleets, TUNING_SEEDS, type FleetOrder } from "./protocol.js";
import { compareTable, groupTable, kindTable, summaryJson, targetTable, type Shown } from "./report.js";
import { shareWork, showProgress } from "./share-work.js";
import { openBench } from "../open-bench.js";
import { summarise, type Summary } from "./summary.js";
import { judgeTargets, TIERS } from "./targets.js";
import { VARIANTS } from "./variants.js";

/** False pages per 1,000 key-days at which all detectors are compared. */
const EQUAL_BUDGET = 1;
const COLOURS = ["#8a6d3b", "#7a9cc6", "#4f7f52", "#b07aa1", "#e08214", "#9c755f", "#1f3a5f"];

interface Given {
  readonly keys: number;
  readonly attacksPerKind: number;
  readonly tuningKeys: number;
  readonly seed: string | undefined;
  readonly tuning: true | undefined;
  readonly kinds: string;
  readonly explain: string;
  readonly svg: string | undefined;
}
const { given, report } = openBench<Given>(
  "detection",
  "How well Plimsoll detects, beside other rules, on simulated fleets.",
  {
    keys: { about: "keys judged, over all seeds", usual: 1600 },
    "attacks-per-kind": { about: "attacks of each kind, over all seeds", usual: 125 },
    "tuning-keys": { about: "keys of the tuning seeds, without attacks, that equal budgets are set on", usual: 1200 },
    seed: { about: "judge the fleet of this seed instead of the evaluation seeds", value: "n" },
    tuning: { about: "judge the tuning seeds themselves: quick, and no figure to report" },
    kinds: {
      about:
        "kinds of attacks: K, L, M and N know that somebody watches, O, P and Q take what little is known of; sums are over A to J",
      usual: BENCH_KINDS.join(""),
      value: "letters",
    },
    explain: { about: "list so many of the highest false pages and what happened near them", usual: "0", value: "n" },
    svg: { about: "write the plot", value: "file" },
  },
  seedsOf,
);
await main();

function seedsOf({ seed, tuning }: Given): readonly number[] {
  if (tuning) return TUNING_SEEDS;
  return seed === undefined ? EVALUATION_SEEDS : [countOf("seed", seed)];
}

async function main(): Promise<void> {
  const kinds = given.kinds.split("").map((letter): AttackKind => {
    const kind = [...attackKinds, ...adaptiveKinds].find((one) => one === letter);
    if (kind === undefined) throw new Error(`--kinds: there is no kind ${letter}`);
    return kind;
  });
  const orders = orderFleets(seedsOf(given), given.keys, given.attacksPerKind, kinds);
  const judged = await judge("judged fleets", orders);
  const tuningOrders = orderFleets(TUNING_SEEDS, given.tuningKeys, 0);
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
      "all attacks, false pages and spend, Wilson for single kinds. A false page is an incident: benign alarms less than a day apart are one, as they are to the live path.",
  );
  print(`## As shipped\n\n${compareTable([...tiers.map(tierRow), ...shipped])}`);
  print(
    `## At ${EQUAL_BUDGET} false page per 1,000 key-days, thresholds from the tuning seeds\n\n${compareTable(equal)}`,
  );
  for (const { name, summary } of tiers) print(`## Per kind, ${name} tier\n\n${kindTable(summary)}`);
  const [strict] = tiers.map(({ summary }) => summary);
  print(`## By the thief's place and program, strict tier\n\n${groupTable("thief's place", strict!.origins)}`);
  print(`## By the thief's place and program, page tier\n\n${groupTable("thief's place", page.origins)}`);
  for (const { name, summary } of tiers)
    if (summary.firstDays.size > 0)
      print(
        `## Thefts in a key's first two days, ${name} tier\n\n${groupTable("what can be known", summary.firstDays)}`,
      );
  print(`## What each kind of evidence adds, at the same budget\n\n${compareTable(ablation)}`);
  print(`## Targets (met when the 90 % interval reaches it)\n\n${targetTable(verdicts)}`);
  print(`${verdicts.filter(({ isMet }) => isMet).length} of ${verdicts.length} targets met.`);
  const explain = Number(given.explain);
  if (explain > 0) print(`## False pages, page tier\n\n${explainFalsePages(judged, orders, page.threshold, explain)}`);
  if (given.svg !== undefined) writeFileSync(given.svg, plot(judged, tiers, `Simulated fleets, ${story}.`));
  const json = (shown: readonly Shown[]) => shown.map(({ name, summary }) => ({ name, ...summaryJson(summary) }));
  const tables = { tiers: json(tiers), shipped: json(shipped), equalBudget: json(equal), ablation: json(ablation) };
  report({ tuning: given.tuning, ...tables, targets: verdicts });
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
