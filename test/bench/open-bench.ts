import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { Command, InvalidArgumentError } from "commander";

/** A flag, or an option with a value, whole numbers where its usual value is one. */
export interface BenchOption {
  readonly about: string;
  readonly usual?: string | number;
  /** What its value is called in the help; none for a flag. */
  readonly value?: string;
}

/** What is known of every bench: what was asked, and how it is told with where and with what it was measured. */
export interface Bench<Given> {
  readonly given: Given;
  /** With `--json` ends with one JSON object. */
  readonly report: (figures: object) => void;
}

/**
 * Reads a bench's options; `--help` says what it measures and ends. What it runs on is told at once, as its seeds are: a figure without them
 * cannot be compared.
 */
export function openBench<Given extends object>(
  name: string,
  about: string,
  options: Readonly<Record<string, BenchOption>>,
  seeds: (given: Given) => readonly (number | string)[] = () => [],
): Bench<Given> {
  const command = new Command(`npm run bench:${name} --`).description(about).allowExcessArguments(false);
  for (const [option, { about: what, usual, value }] of Object.entries(options)) {
    if (typeof usual === "number") command.option(`--${option} <n>`, what, wholeNumber, usual);
    else command.option(value === undefined ? `--${option}` : `--${option} <${value}>`, what, usual);
  }
  command.option("--json", "end with one JSON object").parse();
  const given = command.opts<Given & { readonly json?: true }>();
  const run = { ...whereItRuns(), seeds: seeds(given) };
  process.stderr.write(
    `${name}: ${run.machine}; ${Object.entries(run.versions)
      .map((one) => one.join(" "))
      .join(", ")}${run.seeds.length > 0 ? `; seeds ${run.seeds.join(", ")}` : ""}\n`,
  );
  return {
    given,
    report: (figures) => {
      if (given.json === true) console.log(JSON.stringify({ bench: name, ...run, ...figures }));
    },
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return number;
}

function whereItRuns() {
  const version = (path: string) =>
    (JSON.parse(readFileSync(new URL(`../../../${path}package.json`, import.meta.url), "utf8")) as { version: string })
      .version;
  return {
    machine: `${availableParallelism()} x ${cpus()[0]?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: { plimsoll: version(""), node: process.version, chdb: version("node_modules/chdb/") },
  };
}
