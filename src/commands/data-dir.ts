import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { environmentNames } from "../config.js";
import { commandHere } from "./command-name.js";
import type { DependencyProblem } from "../store/problem/dependency-problem.js";
import { shellQuote } from "../text/shell-quote.js";

/** Where `up` keeps its data, and where every other command looks for an `up` that it belongs to. */
export const USUAL_DATA_DIR = ".plimsoll";

/** A data directory, or the settings in it, that cannot be used; the message says what to do. */
export class DataDirProblem extends Error {
  constructor(found: string, fix: string) {
    super(`${found}\n  to fix it: ${fix}`);
    this.name = "DataDirProblem";
  }
}

type Environment = Record<string, string | undefined>;

/** By these two an installation is told from another. */
const STORES = ["CLICKHOUSE_URL", "REDIS_URL"] as const;
/** Names of ours, and of files that hold their values. */
const NAMES = new Set(environmentNames.flatMap((name) => [name, `${name}_FILE`]));
const ENTRY = /^([A-Z_]+)='((?:[^']|'\\'')*)'$/gm;

/** Makes the data directory, for its owner alone. @throws DataDirProblem where it cannot be had or written. */
export function openDataDir(dir: string): void {
  try {
    makeDirs(dir);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const fix = "choose another with --data DIR, or let this user write there (chown)";
    throw new DataDirProblem(`the data directory ${dir} is not usable: ${code}`, fix);
  }
}

/** Node's own way of making all of them never ends where a file system makes none, as /proc. */
function makeDirs(dir: string): void {
  if (existsSync(dir)) return;
  makeDirs(dirname(dir));
  mkdirSync(dir, { mode: 0o700 });
}

/** Leaves in `DIR/env` how other commands reach what `up` started: secrets among it, for its owner's eyes only. */
export function writeSettings(dir: string, env: Environment): void {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => NAMES.has(entry[0]) && (entry[1] ?? "") !== "",
  );
  const lines = entries.map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'`);
  const head = "# Written by `plimsoll up` at each start; other commands read it. It holds secrets: do not share it.";
  const next = join(dir, `env.${process.pid}`);
  writeFileSync(next, `${[head, ...lines].join("\n")}\n`, { mode: 0o600 });
  // Whoever reads it finds the former or the new one, and never a part.
  renameSync(next, join(dir, "env"));
}

/** Whose settings count in this process. */
let settingsDir: string | null = null;

/** What to do about a store that does not answer: one that `up` started, at an address of its own each time, comes back with that. */
export function fixOf({ kind, fix }: Pick<DependencyProblem, "kind" | "fix">): string {
  if (kind !== "refused") return fix;
  if (settingsDir === null)
    return isSet(process.env, "CLICKHOUSE_URL") ? fix : `${fix}; use --data DIR to reach what \`plimsoll up\` started`;
  // It reads no setting from there: what its environment gave it, such as routing keys, it must be given again.
  return `start Plimsoll again, with the environment that it had: ${upIn(settingsDir)}`;
}

/**
 * Adds to an environment what the `up` of a directory left there; what is set already stays. Without a directory that of the working directory is
 * taken, if there is one and the environment names no other stores.
 * @throws DataDirProblem where a named directory has none, or they are not of this user alone.
 */
export function adoptSettings(env: Environment, named: string | undefined, but: readonly string[] = []): void {
  const dir = resolve(named ?? USUAL_DATA_DIR);
  const file = join(dir, "env");
  if (!existsSync(file)) {
    if (named === undefined) return;
    throw new DataDirProblem(`\`plimsoll up\` has never run in ${dir}`, `start ${upIn(dir)} first`);
  }
  const isMeant = named !== undefined || !STORES.some((name) => isSet(env, name));
  if (!isOurs(file)) {
    if (!isMeant) return;
    const fix =
      "run this command as the user that runs `plimsoll up`, or from another directory, or chmod 600 that file";
    throw new DataDirProblem(`${file} can be read or written by other users, or belongs to another`, fix);
  }
  const settings = parseSettings(readFileSync(file, "utf8"));
  const other = STORES.find((name) => isAnother(env, settings, name));
  if (other !== undefined) {
    if (named === undefined) return;
    const fix = `unset ${other}, or leave out --data`;
    throw new DataDirProblem(`${other} is set, and differs from what ${file} holds`, fix);
  }
  for (const [name, value] of settings) {
    const base = name.replace(/_FILE$/, "");
    if (!but.includes(base) && !isSet(env, base) && !isSet(env, name)) env[name] = value;
  }
  settingsDir = dir;
}

const upIn = (dir: string) => `\`${commandHere(`up --data ${shellQuote(dir)}`)}\``;

/** The directory of the `up` that this command belongs to; null where it belongs to none. */
export const adoptedDir = () => settingsDir;

const isSet = (env: Environment, name: string) => [name, `${name}_FILE`].some((one) => (env[one] ?? "") !== "");

/** Whoever may write it could send our pages elsewhere; whoever may read it has our tokens. */
function isOurs(file: string): boolean {
  const { uid, mode } = lstatSync(file);
  const user = process.getuid?.() ?? uid;
  return uid === user && (mode & 0o077) === 0 && (mode & constants.S_IFMT) === constants.S_IFREG;
}

function isAnother(env: Environment, settings: ReadonlyMap<string, string>, name: (typeof STORES)[number]): boolean {
  if ((env[`${name}_FILE`] ?? "") !== "") return env[`${name}_FILE`] !== settings.get(`${name}_FILE`);
  return (env[name] ?? "") !== "" && env[name] !== settings.get(name);
}

function parseSettings(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(ENTRY)].map(([, name = "", value = ""]) => [name, value] as const);
  return new Map(
    found.filter(([name]) => NAMES.has(name)).map(([name, value]) => [name, value.replaceAll("'\\''", "'")]),
  );
}
