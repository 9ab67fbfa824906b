import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A shell in which `plimsoll` does nothing but tell its arguments. */
export interface StubShell {
  /** Runs a line as who copies it would: the arguments that plimsoll got. Throws where anything else was done. */
  argumentsOf(command: string): string[];
  close(): void;
}

/** Opens a real /bin/sh with a directory of its own. */
export function openStubShell(): StubShell {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-shell-"));
  const [bin, home] = [join(dir, "bin"), join(dir, "home")];
  for (const made of [bin, home]) mkdirSync(made);
  writeFileSync(join(bin, "plimsoll"), `#!/bin/sh\nprintf 'plimsoll\\0'\nfor word; do printf '%s\\0' "$word"; done\n`);
  chmodSync(join(bin, "plimsoll"), 0o755);
  return {
    argumentsOf(command) {
      const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: home };
      const { stdout, stderr, status } = spawnSync("/bin/sh", ["-c", command], { cwd: home, env, encoding: "utf8" });
      assert.deepEqual([status, stderr, readdirSync(home)], [0, "", []], command);
      const [name, ...words] = stdout.split("\0");
      assert.deepEqual([name, words.pop()], ["plimsoll", ""], command);
      return words;
    },
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Names of keys that break out of a command, or into its options, where they are put in as they are. */
export const HOSTILE_NAMES: readonly string[] = [
  "k'; touch broken-out; '",
  "$(touch broken-out)",
  "`touch broken-out`",
  '"; touch broken-out #',
  "\\'; touch broken-out",
  "k’;touch broken-out;‘",
  "-rf",
  "--force",
  "%s%n \\047 %",
  "a  b\t".trim(),
  "ключ $HOME *",
  "&& touch broken-out ||",
  "<script>touch</script>",
];

/** The same in few names: what stands in one of them breaks out by itself. */
export const WORST_NAMES: readonly string[] = [
  `k'; touch broken-out; '"$(touch broken-out)\`touch broken-out\`\\'; touch broken-out # %s`,
  "-rf",
  "ключ’;touch broken-out;‘ && touch broken-out <script>",
];
