import { setTimeout as pause } from "node:timers/promises";
import { startCommand, type RunningCommand } from "../helpers/logged-command.js";

/** A `plimsoll` command that is started again whenever it ends, as a process manager would. */
export interface Supervised {
  readonly name: string;
  readonly pid: () => number;
  /** kill -9: it is started again. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: it is started again once it has ended. */
  readonly terminate: () => void;
  readonly logs: () => string;
  /** Ends it for good. */
  readonly end: () => Promise<void>;
}

const AGAIN_MS = 200;

/** Starts a command and keeps it running. */
export function supervise(command: "serve" | "work", logFile: string, env: NodeJS.ProcessEnv): Supervised {
  let ending = false;
  let runs = 0;
  const logs: (() => string)[] = [];
  const start = (): RunningCommand => {
    runs += 1;
    const started = startCommand(command, `${logFile}.${runs}`, env);
    logs.push(() => started.log());
    void startAgain(started.ended);
    return started;
  };
  const startAgain = async (ended: Promise<string>): Promise<void> => {
    await ended;
    await pause(AGAIN_MS);
    if (!ending) running = start();
  };
  let running = start();
  return {
    name: command,
    pid: () => running.pid,
    kill: () => running.kill(),
    terminate: () => process.kill(running.pid, "SIGTERM"),
    logs: () => logs.map((log) => log()).join("\n"),
    end: async () => {
      ending = true;
      await running.kill();
    },
  };
}
