import { ClickHouseError } from "@clickhouse/client";
import { CommanderError, type Command } from "commander";
import { ConfigError, readConfig, type Config } from "../config.js";
import { whenNobodyReads } from "../log.js";
import { printable } from "../text/clean-text.js";
import { nearestName } from "../text/nearest-name.js";
import { maskSecrets } from "../text/secret/secret-shape.js";
import { withinDeadline } from "../flow/deadline.js";
import {
  DependencyFailure,
  explainClickHouse,
  isNetworkError,
  type DependencyProblem,
} from "../store/problem/dependency-problem.js";
import { NetworksFileError } from "../store/networks/networks-file.js";
import { openStore, type Store } from "../store/store.js";
import { adoptSettings, DataDirProblem, fixOf, USUAL_DATA_DIR } from "./data-dir.js";

/** What every command's exit code means. */
export const EXIT = { ok: 0, badNews: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** As a shell counts a program that SIGPIPE ended. */
const EXIT_UNREAD = 141;

/** How long a command waits for ClickHouse's first answer. */
const HELLO_MS = 5_000;

/** An expected end of a command: the sentences are printed, without a stack. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, ...sentences: readonly string[]) {
    super(sentences.join("\n"));
    this.name = "CommandFailure";
    this.exitCode = exitCode;
  }
}

/** Makes a command's action of a function that returns its exit code. */
export function action<Arguments extends unknown[]>(
  run: (...given: Arguments) => Promise<ExitCode | void>,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    process.exitCode = (await run(...given)) ?? process.exitCode ?? EXIT.ok;
  };
}

/** Traffic is made up, and `up` is what the others look for. */
const WITHOUT_SETTINGS = new Set(["up", "simulate"]);
/** A replay has a server of its own unless the environment names one: it must not take memory from the one that `up` works with. */
const NOT_ADOPTED: Readonly<Record<string, readonly string[]>> = {
  backtest: ["CLICKHOUSE_URL", "REDIS_URL"],
  try: ["CLICKHOUSE_URL", "REDIS_URL"],
};

/** Runs a program of commands, each with the settings of the `up` that it belongs to: wrong usage ends with 2, help with 0. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  whenNobodyReads(endWithoutReader);
  const prepare = (command: Command) => {
    command.exitOverride();
    // A raw key that was given by mistake must not come back in the usage error.
    command.configureOutput({
      writeErr: (text) => void process.stderr.write(forTerminal(text)),
      outputError: (text, write) => write(misspeltOption(command) ?? text),
    });
    command.commands.forEach(prepare);
    if (command.commands.length > 0 || WITHOUT_SETTINGS.has(command.name())) return;
    command.option(
      "--data <DIR>",
      `where \`plimsoll up\` keeps its data (default: ./${USUAL_DATA_DIR}, if it is there)`,
    );
  };
  prepare(program);
  program.hook("preAction", (_, command) => {
    if (WITHOUT_SETTINGS.has(command.name())) return;
    const { data } = command.opts<{ data?: string }>();
    adoptSettings(process.env, data, NOT_ADOPTED[command.name()]);
  });
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) process.exitCode = reportFailure(error);
    else if (error.code === "commander.helpDisplayed" || error.code === "commander.version") process.exitCode = EXIT.ok;
    else process.exitCode = EXIT.usage;
  }
}

/** What is wrong where an option that is needed was given under a misspelt name: commander says only that it is missing. */
function misspeltOption(command: Command): string | null {
  const names = command.options.flatMap(({ long, mandatory }) => (mandatory && long !== undefined ? [long] : []));
  const unknown = command.args.map((given) => given.split("=", 1)[0]!).filter((given) => given.startsWith("--"));
  for (const given of unknown) {
    const meant = nearestName(given, names);
    if (meant !== null && meant !== given) return `error: unknown option '${given}'\n(Did you mean ${meant}?)\n`;
  }
  return null;
}

/** The checked environment. @throws ConfigError with every problem. */
export function openConfig(): Config {
  return readConfig(process.env);
}

/** Opens the store, makes sure that ClickHouse answers, and closes the store when the work is done or has failed. */
export async function withStore<Result>(
  config: Config,
  work: (store: Store, now: number) => Promise<Result>,
): Promise<Result> {
  const store = openStore(config.CLICKHOUSE_URL);
  try {
    const now = await withinDeadline(HELLO_MS, async () => store.readClock());
    return await work(store, now);
  } catch (error) {
    throw explained(error);
  } finally {
    await store.close();
  }
}

/** An error of ClickHouse as one that says what to do; any other as it is. */
export function explained(error: unknown): unknown {
  const problem = explainClickHouse(error);
  return problem === undefined ? error : new DependencyFailure(problem);
}

/** What a failed command leaves open, a connection or a local server, must not keep its process alive. */
const LINGER_MS = 500;

/** What came with an argument must neither give a raw key away nor steer the terminal. */
function forTerminal(text: string): string {
  return maskSecrets(text).text.split("\n").map(printable).join("\n");
}

function reportFailure(error: unknown): ExitCode {
  setTimeout(() => process.exit(), LINGER_MS).unref();
  const { text, exitCode } = describeFailure(error);
  process.stderr.write(forTerminal(`${text}\n`));
  return exitCode;
}

function describeFailure(error: unknown): { readonly text: string; readonly exitCode: ExitCode } {
  if (error instanceof CommandFailure) return { text: `error: ${error.message}`, exitCode: error.exitCode };
  if (error instanceof ConfigError || error instanceof NetworksFileError || error instanceof DataDirProblem)
    return { text: `error: ${error.message}`, exitCode: EXIT.usage };
  const problem = problemOf(error);
  if (problem !== undefined) {
    const verb = problem.unreachable ? "cannot be reached" : "refused";
    return {
      text: `error: ${problem.service} ${verb}: ${problem.found}\n  to fix it: ${fixOf(problem)}`,
      exitCode: EXIT.unreachable,
    };
  }
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  // Only a fault of ours is one of these: its stack is what a report of it needs.
  const isFault = [TypeError, RangeError, ReferenceError, SyntaxError].some((fault) => error instanceof fault);
  if (isFault) return { text: `this is a fault in Plimsoll, please report it:\n${stack}`, exitCode: EXIT.badNews };
  return { text: `error: ${message}`, exitCode: isNetworkError(error) ? EXIT.unreachable : EXIT.badNews };
}

/** A server ends cleanly, and is started again by whoever watches it; any other command as one that its reader ended. */
function endWithoutReader(): void {
  if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
  else process.exit(EXIT_UNREAD);
}

function problemOf(error: unknown): DependencyProblem | undefined {
  if (error instanceof DependencyFailure) return error.problem;
  return error instanceof ClickHouseError ? explainClickHouse(error) : undefined;
}
