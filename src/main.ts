#!/usr/bin/env node
import { Command } from "commander";
import { jobs } from "../jobs/index.js";
import { backtestCommand } from "./commands/backtest.js";
import { doctorCommand } from "./commands/doctor.js";
import { incidentsCommand } from "./commands/incidents.js";
import { importCommand } from "./commands/import.js";
import { investigateCommand } from "./commands/investigate.js";
import { keysCommand } from "./commands/keys.js";
import { migrateCommand } from "./commands/migrate.js";
import { runProgram } from "./commands/run-command.js";
import { runCommand } from "./commands/run.js";
import { serveCommand } from "./commands/serve.js";
import { simulateCommand } from "./commands/simulate.js";
import { upCommand } from "./commands/up.js";
import { workCommand } from "./commands/work.js";

const program = new Command("plimsoll")
  .description("Watches every API key's rate, spend and networks, and pages when somebody else is using a key.")
  .addHelpText("after", "\nExit codes: 0 ok, 1 the answer is bad news, 2 wrong usage, 3 a dependency is unreachable.");

const commands = [
  upCommand(jobs),
  serveCommand(jobs),
  workCommand(jobs),
  runCommand(jobs),
  migrateCommand(),
  keysCommand(),
  incidentsCommand(),
  investigateCommand(),
  doctorCommand(jobs),
  importCommand(),
  backtestCommand(),
  simulateCommand(),
];
for (const command of commands) program.addCommand(command);
await runProgram(program, process.argv);
