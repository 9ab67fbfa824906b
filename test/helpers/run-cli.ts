import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../bundle/main.js", import.meta.url));

/** Not where somebody may have started a Plimsoll of their own. */
const elsewhere = tmpdir();

/** What a run of the command line said, and how it ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `plimsoll <args>` with the given environment only, the same PATH, and the text as its standard input, in a directory. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string | Buffer = "",
  cwd = elsewhere,
): Promise<CliRun> {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.stdin.on("error", () => undefined); // it may end without reading
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
