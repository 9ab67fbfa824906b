import { statedBudget } from "../detect/alarm-budget.js";
import type { KeyVersion } from "../model/key/key.js";
import { keyStateAt, toKeyEntry } from "../model/key/key-entry.js";
import { ALL_KEYS } from "../model/key/rules-of-keys.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import { readBudgetInForce } from "../pipeline/learn/read-budget.js";
import { readBudgetAudit } from "../pipeline/view/kept-budget.js";
import { readLateChecks } from "../pipeline/view/check-state.js";
import { readKeyCard, readLimitHints } from "../pipeline/view/key-card.js";
import { keyStateSentence } from "../pipeline/view/key-state-text.js";
import { readStandings } from "../pipeline/view/key-states.js";
import type { UnregisteredKey } from "../store/registry/unregistered-keys.js";
import {
  keysNamed,
  keyToJson,
  listKeysAt,
  MAX_UNREGISTERED,
  unknownSourceToJson,
} from "../pipeline/registry/list-keys.js";
import { auditToJson, cardToJson, cardToLines, limitsToJson, limitsToLines, standingToJson } from "./keys-card.js";
import { pepperUnderWay, tellPepperProgress } from "./pepper-progress.js";
import { printFields, printTable } from "./print-table.js";
import { noSuchKey, severalKeys } from "./no-such-key.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";
import { unrecordedText } from "./unrecorded.js";

const COLUMNS = [
  { title: "KEY ID" },
  { title: "DISPLAY" },
  { title: "OWNER" },
  { title: "SERVICE" },
  { title: "LIMIT/MIN", right: true },
  { title: "STATE" },
];

interface PrintOptions {
  readonly json?: boolean;
}

/** `plimsoll keys list`: every registered key, then those that were seen in traffic only. */
export async function listKeys(options: PrintOptions): Promise<ExitCode> {
  const now = Date.now();
  const config = openConfig();
  const pepper = pepperUnderWay(config);
  const { keys, unknownSources, progress } = await withStore(config, async (store) => ({
    ...(await listKeysAt(store, now)),
    progress: pepper === null ? null : await store.registry.readPepperProgress(pepper, now),
  }));
  if (options.json === true)
    print(JSON.stringify([...keys.map((key) => keyToJson(key, now)), ...unknownSources.map(unknownSourceToJson)]));
  else if (keys.length + unknownSources.length === 0)
    print("no keys yet: register some with `plimsoll keys import <file>`");
  else
    print(printTable(COLUMNS, [...keys.map((key) => toCells(key, now)), ...unknownSources.map(unknownSourceToCells)]));
  if (unknownSources.length > 0 && options.json !== true) {
    const some = unknownSources.length === MAX_UNREGISTERED ? `at least ${MAX_UNREGISTERED}` : unknownSources.length;
    print(
      `\n${some} unregistered: seen in traffic, but not in the registry; register them with \`plimsoll keys import <file>\``,
    );
  }
  if (progress !== null && options.json !== true) print(`\n${tellPepperProgress(progress)}`);
  return keys.length + unknownSources.length === 0 ? EXIT.badNews : EXIT.ok;
}

/** `plimsoll keys show <key>`: one key by its id or display. */
export async function showKey(name: string, options: PrintOptions): Promise<ExitCode> {
  if (looksLikeSecret(name)) {
    throw new CommandFailure(
      EXIT.usage,
      "that looks like a raw key, and is now in your shell's history: remove it there, and name the key by key_id or display",
    );
  }
  const now = Date.now();
  const config = openConfig();
  const { keys, versions, unknownSources } = await withStore(config, async (store) => listKeysAt(store, now));
  const present = await withStore(config, async (store) => store.registry.readPresentId(name));
  const matches = keysNamed(keys, present);
  const [key] = matches;
  const unknownSource = unknownSources.find((one) => one.keyId === name);
  if (matches.length > 1) {
    throw severalKeys(matches);
  }
  if (key === undefined && unknownSource === undefined) {
    throw noSuchKey(
      name,
      [...keys, ...unknownSources].map((one) => one.keyId),
      await withStore(config, async (store) => unrecordedText(config, store)),
    );
  }
  const history = versions.filter((version) => version.keyId === key?.keyId);
  const found =
    key === undefined
      ? unknownSourceToJson(unknownSource!)
      : { ...keyToJson(key, now), versions: history.map(toKeyEntry) };
  const keyId = key?.keyId ?? name;
  const registry = new Map(keys.map((one) => [one.keyId, one]));
  const { card, standing, checkedUntil, limits, audit } = await withStore(config, async (store) => {
    const budget = statedBudget(config);
    return {
      card: await readKeyCard(store, keyId, key?.limitPerMinute ?? null, budget),
      standing: (await readStandings(store, [keyId], registry, now)).get(keyId)!,
      checkedUntil: await readLateChecks(store, now),
      limits: await readLimitHints(store, keyId, key?.limitPerMinute ?? null, now),
      audit: await readBudgetAudit(store, await readBudgetInForce(store, budget, now), now),
    };
  });
  if (options.json === true)
    print(
      JSON.stringify({
        ...found,
        ...standingToJson(standing, checkedUntil),
        ...limitsToJson(limits),
        detectability: cardToJson(card, standing),
        budget_audit: auditToJson(audit),
      }),
    );
  else {
    const fields = Object.entries(found).map(([field, value]) => [field, toText(field, value)] as const);
    const stands = ["watch state", keyStateSentence(standing.state, checkedUntil)] as const;
    print(printFields([...fields, stands, ...limitsToLines(limits), ...cardToLines(card, audit)]));
  }
  return EXIT.ok;
}

function toCells(key: KeyVersion, now: number): string[] {
  if (key.keyId === ALL_KEYS) {
    return [
      ALL_KEYS,
      `all keys: ${key.rules.length} rule${key.rules.length === 1 ? "" : "s"}`,
      "",
      "",
      "-",
      keyStateAt(key, now),
    ];
  }
  const limit = key.limitPerMinute === null ? "-" : String(key.limitPerMinute);
  return [key.keyId, key.display, key.owner, key.service, limit, keyStateAt(key, now)];
}

function unknownSourceToCells(key: UnregisteredKey): string[] {
  return [key.keyId, "", "", "", "-", "unregistered"];
}

function toText(field: string, value: unknown): string {
  if (field === "versions") return String((value as unknown[]).length);
  if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) return "-";
  if (typeof value === "string") return value;
  const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
  return isList ? value.join(", ") : JSON.stringify(value);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
