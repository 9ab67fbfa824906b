#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { ownFile } from "./own-files.js";
import { runProgram } from "./commands/run-command.js";

const jobs = async () => (await import("../jobs/index.js")).jobs;

/** The commands in the order of the help. A start loads the one that it is asked for: all of them take a second of CPU. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import("./commands/up.js")).upCommand(await jobs()),
  serve: async () => (await import("./commands/serve.js")).serveCommand(await jobs()),
  work: async () => (await import("./commands/work.js")).workCommand(await jobs()),
  run: async () => (await import("./commands/run.js")).runCommand(await jobs()),
  migrate: async () => (await import("./commands/migrate.js")).migrateCommand(),
  keys: async () => (await import("./commands/keys.js")).keysCommand(),
  incidents: async () => (await import("./commands/incidents.js")).incidentsCommand(),
  contain: async () => (await import("./commands/contain.js")).containCommand(),
  suppressions: async () => (await import("./commands/suppressions.js")).suppressionsCommand(),
  shards: async () => (await import("./commands/shards.js")).shardsCommand(),
  sessions: async () => (await import("./commands/sessions.js")).sessionsCommand(),
  investigate: async () => (await import("./commands/investigate.js")).investigateCommand(),
  doctor: async () => (await import("./commands/doctor.js")).doctorCommand(await jobs()),
  try: async () => (await import("./commands/try.js")).tryCommand(),
  import: async () => (await import("./commands/import.js")).importCommand(),
  pull: async () => (await import("./commands/pull.js")).pullCommand(),
  map: async () => (await import("./commands/map.js")).mapCommand(),
  backtest: async () => (await import("./commands/backtest.js")).backtestCommand(),
  simulate: async () => (await import("./commands/simulate.js")).simulateCommand(),
};

const { version } = JSON.parse(readFileSync(ownFile("package.json"), "utf8")) as {
  readonly version: string;
};
const program = new Command("plimsoll")
  .version(version)
  .description("Watches every API key's rate, spend and networks, and pages when somebody else is using a key.")
  .addHelpText("after", "\nExit codes: 0 ok, 1 a problem was found, 2 wrong usage, 3 a dependency is unreachable.");

// Wherever among the arguments: an option of the program may come first. Without any, as for help, all are loaded.
const asked = Object.keys(COMMANDS).filter((name) => process.argv.includes(name));
for (const name of asked.length > 0 ? asked : Object.keys(COMMANDS)) program.addCommand(await COMMANDS[name]!());
await runProgram(program, process.argv);
