#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { jobs } from "../jobs/index.js";
import { importCommand } from "./commands/import.js";
import { migrateCommand } from "./commands/migrate.js";
import { runCommand } from "./commands/run.js";
import { serveCommand } from "./commands/serve.js";
import { simulateCommand } from "./commands/simulate.js";
import { upCommand } from "./commands/up.js";
import { workCommand } from "./commands/work.js";
import { ConfigError } from "./config.js";

const program = new Command("plimsoll")
  .description("Watches every API key's rate, spend and networks, and pages when somebody else is using a key.")
  .addHelpText("after", "\nExit codes: 0 ok, 1 the answer is bad news, 2 wrong usage, 3 a dependency is unreachable.");

const commands = [
  upCommand(jobs),
  serveCommand(jobs),
  workCommand(jobs),
  runCommand(jobs),
  migrateCommand(),
  importCommand(),
  simulateCommand(),
];
for (const command of commands) program.addCommand(command.exitOverride());

try {
  await program.exitOverride().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

/** Says what is wrong, in one sentence and without a stack, and tells usage, unreachable and other errors apart. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    process.stderr.write(`error: ${error.message}\n`);
    return 2;
  }
  const { message, code } = error as { message?: string; code?: string };
  process.stderr.write(`error: ${message ?? String(error)}\n`);
  return /^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH)/.test(code ?? "") ? 3 : 1;
}
