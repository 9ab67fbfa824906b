import { openBench } from "../../open-bench.js";
import { table } from "../report.js";
import { openings, rateResiduals } from "./rate-signal.js";
import { readCorpus, type NabSeries } from "./read-corpus.js";
import { scoreCorpus } from "./score-corpus.js";
import { windowedGaussian } from "./windowed-gaussian.js";

const { given, report } = openBench<{ readonly data: string | undefined }>(
  "nab",
  "The rate signal alone on the Numenta Anomaly Benchmark. Information, no target: most of its series are no request rates, and Plimsoll never " +
    "judges by rate alone.",
  { data: { about: "a directory with nab_v1.1.tgz; see CONTRIBUTING.md", value: "dir" } },
);
if (given.data === undefined)
  throw new Error("bench:nab needs --data DIR: a directory with nab_v1.1.tgz; see CONTRIBUTING.md");

const { series, profiles, published } = readCorpus(given.data);
const residuals = series.map(rateResiduals);
const counts = series
  .map(({ name }, i) => ({ name, i }))
  .filter(({ name }) => /request_count|Twitter|nyc_taxi/.test(name));

const measured = {
  "Plimsoll, rate signal, rises": series.map((one, i) => openings(one, residuals[i]!.rise)),
  "Plimsoll, rate signal, either way": series.map((one, i) => openings(one, residuals[i]!.change)),
  "windowedGaussian (run here)": series.map(windowedGaussian),
  "null (run here)": series.map(({ values }) => new Float64Array(values.length)),
};
const scores = (name: keyof typeof measured) => profiles.map((profile) => scoreCorpus(series, measured[name], profile));
const own = (Object.keys(measured) as (keyof typeof measured)[]).map((name) => ({ name, scores: scores(name) }));
const cited = Object.entries(published)
  .toSorted(([, a], [, b]) => b["standard"]! - a["standard"]!)
  .map(([name, of]) => [`${name} (published)`].concat(profiles.map((profile) => of[profile.name]!.toFixed(1))));

console.log(`# Numenta Anomaly Benchmark, ${series.length} series\n`);
console.log(
  table(
    ["detector", ...profiles.map(({ name }) => name)],
    [...own.map((one) => [one.name, ...one.scores.map(({ score }) => score.toFixed(1))]), ...cited],
  ),
);
console.log(`\nOn the ${counts.length} series that count requests, tweets or rides (no published figures):\n`);
console.log(
  table(
    ["detector", ...profiles.map(({ name }) => name)],
    own.map(({ name }) => [name, ...profiles.map((profile) => onCounts(name, profile).toFixed(1))]),
  ),
);
report({ measured: own, profiles: profiles.map(({ name }) => name) });

function onCounts(name: keyof typeof measured, profile: (typeof profiles)[number]): number {
  const some: NabSeries[] = counts.map(({ i }) => series[i]!);
  return scoreCorpus(
    some,
    counts.map(({ i }) => measured[name][i]!),
    profile,
  ).score;
}
