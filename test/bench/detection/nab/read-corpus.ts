import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One series of the Numenta Anomaly Benchmark with its labelled windows, as positions of first and last row. */
export interface NabSeries {
  readonly name: string;
  /** Epoch ms, ascending. */
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly windows: readonly { readonly first: number; readonly last: number }[];
}

/** What a profile pays for a window that is found or missed and for a false alarm. */
export interface NabProfile {
  readonly name: string;
  readonly truePositive: number;
  readonly falseNegative: number;
  readonly falsePositive: number;
}

/** The corpus: series, profiles, and the published final scores by detector and profile. */
export interface NabCorpus {
  readonly series: readonly NabSeries[];
  readonly profiles: readonly NabProfile[];
  readonly published: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const ARCHIVE = "nab_v1.1.tgz";

/** Reads NAB v1.1 from a directory that holds its `nab` folder or its archive. */
export function readCorpus(directory: string): NabCorpus {
  if (existsSync(join(directory, "nab"))) return readFolder(join(directory, "nab"));
  if (!existsSync(join(directory, ARCHIVE)))
    throw new Error(`--data ${directory}: there is neither a folder nab nor ${ARCHIVE} in it`);
  const temporary = mkdtempSync(join(tmpdir(), "plimsoll-nab-"));
  try {
    execFileSync("tar", ["-xzf", join(directory, ARCHIVE), "-C", temporary]);
    return readFolder(join(temporary, "nab"));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function readFolder(folder: string): NabCorpus {
  const json = (path: string): unknown => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const windows = json("labels/combined_windows.json") as Record<string, [string, string][]>;
  type Costs = { CostMatrix: { tpWeight: number; fnWeight: number; fpWeight: number } };
  const profiles = Object.entries(json("config/profiles.json") as Record<string, Costs>);
  return {
    series: Object.entries(windows).map(([name, limits]) => readSeries(join(folder, "data", name), name, limits)),
    profiles: profiles.map(([name, { CostMatrix: cost }]) => {
      return { name, truePositive: cost.tpWeight, falseNegative: cost.fnWeight, falsePositive: cost.fpWeight };
    }),
    published: json("final_results.json") as NabCorpus["published"],
  };
}

function readSeries(file: string, name: string, limits: readonly (readonly [string, string])[]): NabSeries {
  const rows = readFileSync(file, "utf8").trim().split("\n").slice(1);
  const cells = rows.map((row) => row.trim().split(","));
  const times = cells.map(([time]) => instantOf(time!));
  return {
    name,
    times,
    values: cells.map(([, value]) => Number(value)),
    windows: limits.map(([from, to]) => {
      const first = times.findIndex((time) => time >= instantOf(from));
      const last = times.findLastIndex((time) => time <= instantOf(to));
      return { first, last };
    }),
  };
}

/** NAB writes `2014-04-11 00:00:00` with or without a fraction, in no stated zone. */
function instantOf(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(" ", "T")}Z`);
}
