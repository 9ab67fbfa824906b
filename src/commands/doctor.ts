import { Command, Option } from "commander";
import { ConfigError, type Config } from "../config.js";
import { SEVERITIES, type Severity } from "../model/incident/page.js";
import type { JobSettings } from "../queue/define-job.js";
import { fail, type Diagnosis } from "./diagnosis.js";
import { examine } from "./doctor-checks.js";
import { oneLine } from "./print-table.js";
import { sendTests } from "./send-test.js";
import { action, EXIT, openConfig, type ExitCode } from "./run-command.js";

/** `plimsoll doctor`: what is wrong with this installation, and what to do about it. */
export function doctorCommand(jobs: readonly JobSettings[]): Command {
  return new Command("doctor")
    .summary("check the installation and say what to fix")
    .description(
      "Checks the configuration, ClickHouse, Redis, their versions and settings, clocks, schedules with their next runs, ingest,\n" +
        "and whether events that were acknowledged are lost.\n" +
        "Changes nothing, and notifies no one unless --send-test is given.",
    )
    .option(
      "--send-test",
      "trigger and resolve a test event through every PagerDuty routing key and at every destination",
    )
    .addOption(
      new Option("--severity <severity>", "severity of the test event: critical and error may page on-call")
        .choices(SEVERITIES)
        .default("info"),
    )
    .option("--json", "print the diagnoses as JSON")
    .addHelpText(
      "after",
      "\nExit code: 0 nothing failed (there may be warnings), 1 something failed, 2 usage, 3 ClickHouse, Redis or (with --send-test) PagerDuty or a destination is unreachable.",
    )
    .action(action(async (options: DoctorOptions) => runDoctor(options, jobs)));
}

interface DoctorOptions {
  readonly json?: boolean;
  readonly sendTest?: boolean;
  readonly severity: Severity;
}

async function runDoctor(options: DoctorOptions, jobs: readonly JobSettings[]): Promise<ExitCode> {
  const config = readConfigOrProblems();
  const diagnoses = Array.isArray(config)
    ? config
    : [
        ...(await examine(config, jobs)),
        ...(options.sendTest === true ? await sendTests(config, options.severity) : []),
      ];
  const exitCode = judgeAll(diagnoses);
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ ok: exitCode === EXIT.ok, checks: diagnoses })}\n`);
  else process.stdout.write(`${diagnoses.flatMap(toLines).join("\n")}\n\n${summarize(diagnoses)}\n`);
  return exitCode;
}

/** The problems of an unusable environment are doctor's findings, not an error of its use. */
function readConfigOrProblems(): Config | Diagnosis[] {
  try {
    return openConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) =>
      fail(
        "configuration",
        problem,
        "correct it in the environment; connections are checked once every value is valid",
      ),
    );
  }
}

function judgeAll(diagnoses: readonly Diagnosis[]): ExitCode {
  if (diagnoses.some(({ unreachable }) => unreachable === true)) return EXIT.unreachable;
  return diagnoses.some(({ state }) => state === "fail") ? EXIT.badNews : EXIT.ok;
}

function toLines({ check, state, found, fix }: Diagnosis): string[] {
  const line = `${state.padEnd(4)}  ${check}: ${oneLine(found)}`;
  return fix === undefined ? [line] : [line, `      -> ${fix}`];
}

function summarize(diagnoses: readonly Diagnosis[]): string {
  const count = (state: Diagnosis["state"]) => diagnoses.filter((one) => one.state === state).length;
  return `${count("ok")} ok, ${count("warn")} with warnings, ${count("fail")} failed`;
}
