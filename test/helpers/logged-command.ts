import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startTied } from "../../src/local/services/child-process.js";

const main = fileURLToPath(new URL("../../bundle/main.js", import.meta.url));

/** A `plimsoll` process that runs on, and dies with the test. */
export interface RunningCommand {
  readonly pid: number;
  /** Everything it has written so far. */
  log(): string;
  /** Asks it to stop with SIGTERM, and gives back how it ended. */
  stop(): Promise<string>;
  /** kill -9; settles when it is gone. */
  kill(): Promise<void>;
  readonly ended: Promise<string>;
}

/** How a command ended, with what it wrote to stdout and stderr. */
export interface EndedCommand {
  readonly code: number | null;
  readonly output: string;
}

/** Starts `plimsoll <command> <args>` with its whole output in a file. */
export function startCommand(
  command: string,
  logFile: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): RunningCommand {
  const intoFile = 'exec "$@" >"$0" 2>&1';
  const child = startTied("/bin/sh", ["-c", intoFile, logFile, process.execPath, main, command, ...args], env);
  return {
    pid: child.pid,
    log: () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : ""),
    async stop() {
      process.kill(child.pid, "SIGTERM");
      return child.ended;
    },
    kill: () => child.kill(),
    ended: child.ended,
  };
}

/** A command that was begun. */
export interface BegunCommand {
  /** Settles once it has written a text, or has ended without it. */
  said(text: string): Promise<void>;
  readonly ended: Promise<EndedCommand>;
}

/** Begins one `plimsoll` command, which ends by itself. */
export function beginCommand(args: readonly string[], env: NodeJS.ProcessEnv): BegunCommand {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const look of heard) look();
    });
  }
  const closed = new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const ended = closed.then((code) => ({ code, output }));
  return {
    said: async (text) => {
      const isSaid = new Promise<void>((resolve) => {
        const look = () => (output.includes(text) ? resolve() : undefined);
        heard.add(look);
        look();
      });
      await Promise.race([isSaid, ended]);
    },
    ended,
  };
}

/** Runs one `plimsoll` command to its end. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv): Promise<EndedCommand> {
  return beginCommand(args, env).ended;
}
