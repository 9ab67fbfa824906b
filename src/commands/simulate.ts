import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError, Option } from "commander";
import { adaptiveKinds, attackKinds, attackTitles, type AttackRequest } from "../local/simulator/attacks.js";
import type { Fleet } from "../local/simulator/fleet.js";
import { networksCsv } from "../local/simulator/networks.js";
import { simulateFleet } from "../local/simulator/simulate-fleet.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Events that are written at once: 5 MB of text. */
const BATCH_EVENTS = 20_000;

interface SimulateOptions {
  readonly seed: number;
  readonly keys: number;
  readonly days: number;
  readonly to: number;
  readonly attacks: number | readonly AttackRequest[];
  readonly out: string;
  readonly gzip: boolean;
}

/** `plimsoll simulate`: writes realistic labelled traffic into a directory. */
export function simulateCommand(): Command {
  return new Command("simulate")
    .description("write realistic labelled traffic: events, keys, networks and the truth about attacks")
    .option("--seed <n>", "the same seed gives the same bytes", wholeNumber(0, 2 ** 32 - 1), 1)
    .option("--keys <n>", "number of keys", wholeNumber(1, 9999), 40)
    .option(
      "--days <n>",
      "days of traffic; attacks begin after two weeks, or 65 % of a shorter span",
      wholeNumber(1, 400),
      21,
    )
    .addOption(
      new Option("--to <time>", "end of the traffic, RFC 3339 or a date, or now")
        .argParser(instant)
        .default(startOfToday(), "the start of today, UTC"),
    )
    .option(
      "--attacks <n|kinds>",
      "how many attacks of kinds drawn from A to J, or the kinds one by one, as A,E,E,K; 0 for none",
      attacks,
      0,
    )
    .requiredOption("--out <dir>", "output directory; created if missing, existing files are replaced")
    .option("--gzip", "write events.ndjson.gz instead of events.ndjson", false)
    .addHelpText(
      "after",
      `
Files: events.ndjson (in time order), keys.json and networks.csv (as backtest takes them), labels.json (each attack
and its totals), disturbances.json (legitimate but unusual traffic).

Kinds of attack:
${[...attackKinds, ...adaptiveKinds].map((kind) => `  ${kind}  ${attackTitles[kind]}`).join("\n")}

The same seed with other attacks gives exactly the same legitimate events.

Example: plimsoll simulate --seed 7 --keys 200 --days 35 --attacks 20 --out traffic --gzip`,
    )
    .action(async (options: SimulateOptions) => writeTraffic(options));
}

async function writeTraffic({ seed, keys, days, to, attacks: wanted, out, gzip }: SimulateOptions): Promise<void> {
  const fleet = simulateFleet({ seed, keys, from: to - days * DAY_MS, to, attacks: wanted });
  await mkdir(out, { recursive: true });
  const write = (name: string, text: string) => writeFile(join(out, name), text);
  await write("keys.json", asJson(fleet.keys));
  await write("networks.csv", networksCsv(fleet.networks));
  await write("labels.json", asJson([...countedLabels(fleet)]));
  await write("disturbances.json", asJson(fleet.disturbances));
  const lines = Readable.from(linesWithProgress(fleet), { objectMode: false });
  const path = join(out, gzip ? "events.ndjson.gz" : "events.ndjson");
  if (gzip) await pipeline(lines, createGzip({ level: 4 }), createWriteStream(path));
  else await pipeline(lines, createWriteStream(path));
}

/** The labels with what each attacker took, which is counted by telling the stolen keys' lives. */
function* countedLabels(fleet: Fleet): Generator<object, void, undefined> {
  const bar = openBar("counting attacks", fleet.labels.length);
  try {
    for (const [index, label] of fleet.labels.entries()) {
      const { requests, spendMicros } = fleet.countTheft(index);
      yield { ...label, requests, spend_micros: spendMicros };
      bar?.increment();
    }
  } finally {
    bar?.stop();
  }
}

function* linesWithProgress(fleet: Fleet): Generator<string, void, undefined> {
  const bar = openBar("writing hours", (fleet.to - fleet.from) / HOUR_MS);
  try {
    for (const { lines, count, to } of fleet.batches(BATCH_EVENTS)) {
      if (count > 0) yield lines;
      bar?.update(Math.floor((to - fleet.from) / HOUR_MS));
    }
  } finally {
    bar?.stop();
  }
}

function openBar(what: string, total: number): SingleBar | null {
  if (!process.stderr.isTTY || total === 0) return null;
  const bar = new SingleBar({ format: `${what} {bar} {value} of {total} | {eta_formatted}` });
  bar.start(total, 0);
  return bar;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

function instant(text: string): number {
  if (text === "now") return Date.now();
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const at = isTime ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError("It must be a time like 2026-03-08T02:00:00Z, a date, or now.");
  return at;
}

function attacks(text: string): number | AttackRequest[] {
  if (/^\d+$/.test(text)) return wholeNumber(0, 9999)(text);
  const known = [...attackKinds, ...adaptiveKinds];
  return text.split(",").map((part) => {
    const kind = known.find((one) => one === part.trim().toUpperCase());
    if (kind === undefined)
      throw new InvalidArgumentError(`It must be a number or kinds from ${known.join(", ")}, with commas.`);
    return { kind };
  });
}

function startOfToday(): number {
  return Math.floor(Date.now() / DAY_MS) * DAY_MS;
}
