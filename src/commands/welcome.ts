import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Config } from "../config.js";
import type { LastObserved } from "../store/ingest/last-observed.js";
import { printable } from "../text/clean-text.js";
import { minuteText } from "../text/clock-text.js";
import { shellQuote } from "../text/shell-quote.js";
import { signInLink } from "../text/sign-in-link.js";
import { commandHere, isByNpx } from "./command-name.js";
import { USUAL_DATA_DIR } from "./data-dir.js";

/** What `up` prints when everything runs: where the pages are, how they open, and the commands to go on with, by whether something was sent before. */
export function welcome(url: string, dir: string, config: Config, last: LastObserved | null): string {
  return [
    `Plimsoll is up at ${url}; its data is in ${dir}.`,
    ...howToSignIn(url, join(dir, "admin.token"), config),
    ...(last === null ? firstSteps(url, dir, config) : nextSteps(dir, last)),
    `  ${command(dir, "doctor")}`,
    ...(isByNpx() ? ["Where a page or the dashboard says plimsoll, run npx plimsoll in this directory."] : []),
    ...(config.PAGERDUTY_ROUTING_KEY !== undefined
      ? []
      : ["PAGERDUTY_ROUTING_KEY is not set: pages wait in the outbox until it is."]),
    "Ctrl-C stops it; the data stays.",
  ].join("\n");
}

function firstSteps(url: string, dir: string, config: Config): string[] {
  const ingest = join(dir, "ingest.token");
  const token = isIn(ingest, config.PLIMSOLL_INGEST_TOKENS) ? `$(cat ${shellQuote(ingest)})` : "YOUR-INGEST-TOKEN";
  return [
    "Next, in another terminal: send an event, investigate its key, see what is left to set up:",
    `  curl -i ${url}/v1/events -H "Authorization: Bearer ${token}" -H 'Content-Type: application/json' \\`,
    `    -d '{"ts":"'$(date -u +%FT%TZ)'","key_id":"my-first-key","source_ip":"203.0.113.7"}'`,
    `  ${command(dir, "investigate my-first-key")}`,
  ];
}

function nextSteps(dir: string, { source, minuteAt }: LastObserved): string[] {
  return [
    `The last source to report was ${printable(source)}; events are recorded up to ${minuteText(minuteAt)}.`,
    "Next, in another terminal: see all keys, and what is left to set up:",
    `  ${command(dir, "keys list")}`,
  ];
}

/** By link for who sits at the terminal; where what we print may be kept in a log, by the file that the token is in. */
function howToSignIn(url: string, file: string, config: Config): string[] {
  if (!isIn(file, config.PLIMSOLL_ADMIN_TOKENS))
    return ["Sign in to the dashboard with a token of PLIMSOLL_ADMIN_TOKENS."];
  const inFile = `Sign in to the dashboard with the admin token in ${file}`;
  if (!process.stdout.isTTY) return [`${inFile}.`];
  return [`${inFile}, or with this link:`, `  ${signInLink(url, readFileSync(file, "utf8").trim())}`];
}

/** Whether the token of a file of ours is in force: not where the environment gives others. */
function isIn(file: string, tokens: Config["PLIMSOLL_ADMIN_TOKENS"]): boolean {
  const own = existsSync(file) ? readFileSync(file, "utf8").trim() : null;
  return tokens.some(({ token }) => token.reveal() === own);
}

/** A command as it is run here: by npx where npm started us, and with the directory where it would not be found. */
function command(dir: string, words: string): string {
  return `${commandHere(words)}${relative(process.cwd(), dir) === USUAL_DATA_DIR ? "" : ` --data ${shellQuote(dir)}`}`;
}
