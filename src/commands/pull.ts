import { Command, InvalidArgumentError } from "commander";
import { openApp } from "../app.js";
import type { Config } from "../config.js";
import { openLog } from "../log.js";
import { pullReports } from "../pipeline/pull/pull-reports.js";
import { tryReports, type TriedReport } from "../pipeline/pull/try-reports.js";
import type { Puller } from "../pull/define-puller.js";
import { PROVIDERS, pullersFor } from "../pull/pullers.js";
import { countedText, countText } from "../text/amounts.js";
import { instant } from "./instant-option.js";
import { printTable } from "./print-table.js";
import { action, CommandFailure, EXIT, explained, openConfig, type ExitCode } from "./run-command.js";

/** Who waits at a terminal waits for no long pause. */
const PATIENCE_MS = 20_000;

/** `plimsoll pull <provider>`: its reports once, now; the job pull-reports does the same by itself. */
export function pullCommand(): Command {
  return new Command("pull")
    .summary("read a provider's own reports of its keys once")
    .description(
      `Reads what a provider reports of the use of its keys, and writes what is new or corrected. Providers: ${PROVIDERS.join(", ")}.\n` +
        "`plimsoll work` does so every ten minutes for each provider whose credential is configured: see docs/providers.md.",
    )
    .argument("<provider>", "which provider", provider)
    .option("--dry-run", "ask for the last days, print what the reports say of each key, and write nothing")
    .option("--from <T>", "read again from this instant or day on, in place of where the last pull ended", instant)
    .option("--json", "print what was read as JSON")
    .addHelpText(
      "after",
      "\nReading a span again changes nothing but what the provider has corrected.\n" +
        "Exit code: 0 done, 1 a report could not be read, 2 usage, or no credential, 3 ClickHouse is unreachable.",
    )
    .action(action(run));
}

interface PullOptions {
  readonly dryRun?: boolean;
  readonly from?: number;
  readonly json?: boolean;
}

async function run(name: string, options: PullOptions): Promise<ExitCode> {
  const config = openConfig();
  const puller = pullersFor(config).find((one) => one.name === name)!;
  const credential = config[puller.setting];
  if (credential === undefined) {
    const fix = `set ${puller.setting}_FILE to a file that holds it; docs/providers.md says which it must be`;
    throw new CommandFailure(EXIT.usage, `there is no credential for ${puller.name}: ${fix}`);
  }
  if (options.dryRun === true)
    return show(await tryReports({ puller, credential, from: options.from }, Date.now()), options);
  return pull(config, puller, options);
}

async function pull(config: Config, puller: Puller, { from, json }: PullOptions): Promise<ExitCode> {
  const app = openApp(config, openLog("silent"), []);
  try {
    const now = await app.store.readClock().catch((error: unknown) => {
      throw explained(error);
    });
    const wish = { provider: puller.name, ...(from === undefined ? {} : { from }) };
    const [outcome] = await pullReports({ ...app.pullDeps, patienceMs: PATIENCE_MS }, now, undefined, wish);
    const { pulled = [], problems = [] } = outcome ?? {};
    if (json === true) process.stdout.write(`${JSON.stringify({ pulled, problems })}\n`);
    else
      for (const one of pulled)
        process.stdout.write(
          `${one.report}: ${spanText(one)}, ${countedText(one.keys, "key")}, ${countedText(one.changed, "hour of a key", "hours of keys")} new or corrected${keylessText(one.keyless)}\n`,
        );
    for (const problem of problems) process.stderr.write(`error: ${problem}\n`);
    return problems.length === 0 ? EXIT.ok : EXIT.badNews;
  } finally {
    await app.close();
  }
}

function show(tried: readonly TriedReport[], { json }: PullOptions): ExitCode {
  if (json === true) process.stdout.write(`${JSON.stringify(tried)}\n`);
  else for (const one of tried) process.stdout.write(`${reportText(one)}\n\n`);
  return tried.every(({ problem }) => problem === null) ? EXIT.ok : EXIT.badNews;
}

function reportText(tried: TriedReport): string {
  if (tried.problem !== null) return `${tried.report}: ${tried.problem}`;
  const head = `${tried.report}: ${spanText(tried)}${keylessText(tried.keyless)}`;
  if (tried.keys.length === 0) return `${head}: no use`;
  const titles = [
    { title: "KEY" },
    { title: "REQUESTS", right: true },
    { title: "UNITS", right: true },
    { title: "USD", right: true },
    { title: "ITEMS" },
  ];
  const rows = tried.keys.map(({ keyId, requests, unitMillis, spendMicros, items }) => [
    keyId,
    countText(requests),
    countText(unitMillis / 1000),
    (spendMicros / 1e6).toFixed(2),
    items.join(", "),
  ]);
  return `${head}\n${printTable(titles, rows)}`;
}

const spanText = ({ from, to }: { readonly from: number; readonly to: number }) =>
  `${new Date(from).toISOString().slice(0, 16)}Z to ${new Date(to).toISOString().slice(0, 16)}Z`;

const keylessText = (keyless: number) => (keyless === 0 ? "" : `, ${countText(keyless)} without a key left out`);

function provider(name: string): string {
  if (PROVIDERS.includes(name)) return name;
  throw new InvalidArgumentError(`use one of ${PROVIDERS.join(", ")}`);
}
