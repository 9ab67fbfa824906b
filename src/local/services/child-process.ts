import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { neededEnvironment } from "./needed-environment.js";

const lastWordsLength = 8_000;
const pollMs = 25;

// The watcher waits for the end of its input, which only this process holds open; then it kills the program, whose process id is
// the shell's own because of exec. So the program dies with us also when we are killed -9, and there is no moment without a watcher.
const tie = 'exec 3<&0; (cat <&3; kill -9 $$) >/dev/null 2>&1 & exec 3<&- </dev/null; exec "$@"';

/** A program that cannot outlive this process. */
export interface TiedChild {
  readonly pid: number;
  /** Settles when the program has ended, with how it did. */
  readonly ended: Promise<string>;
  /** The end of what it wrote to stdout and stderr. */
  lastWords(): string;
  /** kill -9; settles when the program is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program in a session of its own (Ctrl-C at the terminal is ours to handle) and ties its life to this process. Of our environment it gets what every
 * program needs, and besides that what it is given.
 */
export function startTied(command: string, args: readonly string[], given: NodeJS.ProcessEnv = {}): TiedChild {
  const env = { ...neededEnvironment(), ...given };
  const child = spawn("/bin/sh", ["-c", tie, "sh", command, ...args], { env, detached: true, stdio: "pipe" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} cannot be started`);
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-lastWordsLength)));
  }
  child.stdin.on("error", () => undefined);
  const ended = once(child, "exit").then(([code, signal]) => {
    child.stdin.destroy();
    return signal === null ? `exit code ${String(code)}` : String(signal);
  });
  return {
    pid,
    ended,
    lastWords: () => words.trim(),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/**
 * Waits until `isReady` gives true; it may throw as long as the program is still coming up.
 * @throws Error with the program's last words when it ends first, or is not ready in time.
 */
export async function untilReady(
  name: string,
  child: TiedChild,
  isReady: () => Promise<boolean>,
  withinMs: number,
): Promise<void> {
  let end: string | undefined;
  void child.ended.then((how) => (end = how));
  const deadline = Date.now() + withinMs;
  while (!(await isReady().catch(() => false))) {
    if (end !== undefined) {
      await pause(pollMs); // its last words may still be in the pipe
      throw new Error(`${name} ended while starting (${end}): ${child.lastWords() || "no output"}`);
    }
    if (Date.now() > deadline) {
      await child.kill();
      throw new Error(`${name} was not ready within ${withinMs / 1000} s: ${child.lastWords() || "no output"}`);
    }
    await pause(pollMs);
  }
}
