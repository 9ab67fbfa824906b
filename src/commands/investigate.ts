import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { Command, Option } from "commander";
import { homeUrl } from "../clickhouse-urls.js";
import type { Config } from "../config.js";
import type { KeyVersion } from "../model/key/key.js";
import { fingerprintOf, pepperOf, unknownKeyId } from "../model/key/key-fingerprint.js";
import { bareKey } from "../text/secret/bare-key.js";
import { shellQuote } from "../text/shell-quote.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { newestInvestigation } from "../pipeline/view/investigation-question.js";
import type { Investigation } from "../pipeline/view/investigation.js";
import { keysNamed, listKeysAt, readKeyAt } from "../pipeline/registry/list-keys.js";
import type { Store } from "../store/store.js";
import { adoptedDir } from "./data-dir.js";
import { investigationToCsv } from "./investigate-csv.js";
import { investigationToJson } from "./investigate-data.js";
import { instant } from "./instant-option.js";
import { investigationToText } from "./investigate-text.js";
import { noSuchKey, severalKeys } from "./no-such-key.js";
import { action, CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";
import { unrecordedText } from "./unrecorded.js";

interface Options {
  readonly from?: number;
  readonly to?: number;
  readonly format: "text" | "json" | "csv";
}

/** `plimsoll investigate <key>`: the forensic investigation of a key. */
export function investigateCommand(): Command {
  return new Command("investigate")
    .summary("what was done with a key: since when, from where, what for, at what cost")
    .description(
      "Investigates a key: findings, use by unknown sources, networks, routes and scopes, and usage by hour, before and since the\n" +
        "onset. An unknown source is an address in a network that was new to the key at the onset, or outside its allowed networks.",
    )
    .argument("<key>", "its key_id or display prefix, or - for a raw key on standard input")
    .option("--from <T>", "start here (default: a day before the onset of the newest leak, else a day ago)", instant)
    .option("--to <T>", "end before this instant (default: now)", instant)
    .addOption(new Option("--format <format>", "output format").choices(["text", "json", "csv"]).default("text"))
    .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }))
    .addHelpText(
      "after",
      "\nExit code: 0 printed, 1 no such key, or no data on it, 2 usage, 3 ClickHouse unreachable. Reads raw events, which are kept for PLIMSOLL_RAW_DAYS.",
    )
    .action(action(investigate));
}

async function investigate(name: string, { from, to = Date.now(), format }: Options): Promise<ExitCode> {
  if (looksLikeSecret(name)) {
    throw new CommandFailure(
      EXIT.usage,
      "that looks like a raw key, and is now in your shell's history: remove it there, and give the key on standard input, with -",
    );
  }
  if (from !== undefined && from >= to) throw new CommandFailure(EXIT.usage, "--from must be before --to");
  const config = openConfig();
  const wanted = name === "-" ? await keyOnStdin(config) : { name, fingerprints: [] };
  const investigation = await withStore(config, async (store) => {
    const { keyId, key, others } = await findKey(store, config, wanted);
    const found = await newestInvestigation(store, keyId, key, to, from);
    if (found !== null) return found;
    const unrecorded = await unrecordedText(config, store);
    if (!others.includes(keyId)) throw noSuchKey(name === "-" ? "" : name, others, unrecorded);
    const since = from === undefined ? "" : `from ${new Date(from).toISOString()} `;
    const nothing = `no data on this key ${since}up to ${new Date(to).toISOString()}`;
    throw new CommandFailure(EXIT.badNews, nothing, ...(unrecorded === null ? [] : [unrecorded]));
  });
  const print = {
    text: investigationToText,
    csv: investigationToCsv,
    json: (one: Investigation) => JSON.stringify(investigationToJson(one)),
  };
  process.stdout.write(`${print[format](investigation)}\n`);
  return EXIT.ok;
}

interface WantedKey {
  readonly name: string;
  readonly fingerprints: readonly string[];
}

async function findKey(store: Store, config: Config, { name, fingerprints }: WantedKey) {
  // Most are named by their id, and need no list of all.
  const named = fingerprints.length > 0 ? null : await readKeyAt(store, name, Date.now());
  if (named !== null) return { keyId: named.keyId, key: named, others: [] };
  const { keys, unknownSources } = await listKeysAt(store, Date.now());
  const known =
    fingerprints.length > 0
      ? keys.filter((key) => key.fingerprints.some((own) => fingerprints.includes(own)))
      : keysNamed(keys, name);
  if (known.length > 1) {
    throw severalKeys(known);
  }
  if (known.length === 0 && isIP(name) !== 0) throw new CommandFailure(EXIT.usage, ...askedOfAddress(name, config));
  const key: KeyVersion | null = known[0] ?? null;
  return { keyId: key?.keyId ?? name, key, others: [...keys, ...unknownSources].map(({ keyId }) => keyId) };
}

/** Who is behind an address is asked the other way round: by the keys that were used from it. */
function askedOfAddress(address: string, config: Config): string[] {
  const query = `SELECT key_id, sum(count) AS requests, min(ts), max(ts) FROM request_events WHERE source_ip = toIPv6('${address}') AND ts > now() - INTERVAL 7 DAY GROUP BY key_id FORMAT PrettyCompact`;
  return [
    "that is an address, not a key; to list the keys used from it in the last week, ask ClickHouse as analyst (docs/running.md):",
    `  ${analystCommand(homeUrl(config.CLICKHOUSE_URL).reveal(), query)}`,
  ];
}

/** Asks ClickHouse as the account that only reads: its password is in a file under `up`, and elsewhere whoever set it up knows it. */
function analystCommand(clickhouseUrl: string, query: string): string {
  const { origin, pathname } = new URL(clickhouseUrl);
  const dir = adoptedDir();
  const file = dir === null ? null : join(dir, "clickhouse", "clickhouse-analyst.password");
  const password = file !== null && existsSync(file) ? `$(cat ${shellQuote(file)})` : "PASSWORD";
  return `curl '${origin}/?database=${pathname.slice(1)}' -u "analyst:${password}" --data-binary ${shellQuote(query)}`;
}

async function keyOnStdin(config: Config): Promise<WantedKey> {
  const pepper = config.PLIMSOLL_KEY_PEPPER;
  if (pepper === undefined) {
    throw new CommandFailure(EXIT.usage, "PLIMSOLL_KEY_PEPPER is not set: without it a raw key cannot be looked up");
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const rawKey = bareKey(Buffer.concat(chunks).toString("utf8").trim());
  if (rawKey === "") throw new CommandFailure(EXIT.usage, "no key on standard input");
  const fingerprints = [pepper, config.PLIMSOLL_KEY_PEPPER_PREVIOUS]
    .filter((one) => one !== undefined)
    .map((one) => fingerprintOf(pepperOf(one.reveal()), rawKey));
  return { name: unknownKeyId(fingerprints[0]!), fingerprints };
}
