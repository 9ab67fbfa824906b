import { text as readStream } from "node:stream/consumers";
import { parseRotation } from "../http/parse-rotation.js";
import { namedWithId } from "../model/key/key.js";
import { identifyWith } from "../model/key/identify-key.js";
import { isRegistryDate } from "../model/key/key-schema.js";
import { looksLikeSecret } from "../text/secret/secret-shape.js";
import {
  revokeKey,
  rotateKey,
  rotateKeysOfHolder,
  type KeyRefusal,
  type Rotation,
} from "../pipeline/registry/change-keys.js";
import { readOpenIncidents } from "../pipeline/incident/read-incidents.js";
import { keysNamed, keyToJson, listKeysAt } from "../pipeline/registry/list-keys.js";
import { usersText } from "../model/key/rotation.js";
import type { Store } from "../store/store.js";
import { cliUser } from "./cli-user.js";
import { usePepper } from "./judge-pepper.js";
import { readPeppers } from "./read-keys-file.js";
import { noSuchKey, severalKeys } from "./no-such-key.js";
import { CommandFailure, EXIT, openConfig, withStore, type ExitCode } from "./run-command.js";

interface RotateOptions {
  readonly to?: string;
  readonly keyStdin?: boolean;
  readonly due?: string;
  readonly holder?: string;
  readonly json?: boolean;
}

/** `plimsoll keys rotate [key]`: announces a successor or a date, for one key or for all that a person holds. */
export async function rotateKeys(name: string | undefined, options: RotateOptions): Promise<ExitCode> {
  const due = options.due === undefined ? null : instantOf("--due", options.due, Date.now());
  if ((name === undefined) === (options.holder === undefined)) {
    throw new CommandFailure(EXIT.usage, "name one key, or --holder and no key");
  }
  if (options.to !== undefined && looksLikeSecret(options.to)) {
    throw new CommandFailure(
      EXIT.usage,
      "--to looks like a raw key: give its key_id there, and the key with --key-stdin",
    );
  }
  const config = openConfig();
  if (name === undefined) {
    if (due === null || options.to !== undefined)
      throw new CommandFailure(EXIT.usage, "--holder goes with --due alone");
    const { held, now } = await withStore(config, async (store, at) => ({
      held: await rotateKeysOfHolder(store, options.holder ?? "", due, cliUser(), at),
      now: at,
    }));
    if (options.json === true) print(JSON.stringify(held.map((key) => keyToJson(key, now))));
    else held.forEach((key) => print(`${namedWithId(key.display, key.keyId)}: due ${new Date(due).toISOString()}`));
    if (held.length === 0 && options.json !== true) print("no live key has that holder");
    return held.length === 0 ? EXIT.badNews : EXIT.ok;
  }
  const peppers = readPeppers(config);
  const identify = peppers.length === 0 ? null : identifyWith(peppers);
  const rawKey = options.keyStdin === true ? (await readStream(process.stdin)).trim() : undefined;
  const wish = parseRotation({ to: options.to, key: rawKey }, name, Date.now(), identify);
  if ("problems" in wish) throw new CommandFailure(EXIT.usage, ...wish.problems);
  return withStore(config, async (store, now) => {
    if (rawKey !== undefined) await usePepper(store, config);
    const keyId = await keyIdOf(store, name, now);
    if (wish.to === null && due === null) {
      throw new CommandFailure(
        EXIT.badNews,
        "refused:",
        "  give its successor (--to), or when it must be replaced (--due)",
      );
    }
    return report(await rotateKey(store, { ...wish, keyId, due }, cliUser(), now), options.json, now);
  });
}

/** `plimsoll keys revoke <key>`: from then on its use is misuse. */
export async function revokeKeyNamed(
  name: string,
  options: { readonly at: string; readonly force?: boolean; readonly json?: boolean },
): Promise<ExitCode> {
  return withStore(openConfig(), async (store, now) => {
    const at = instantOf("--at", options.at, now);
    const wish = { keyId: await keyIdOf(store, name, now), at, force: options.force === true };
    const open = (await readOpenIncidents(store)).find(({ keyId, cause }) => keyId === wish.keyId && cause === "leak");
    // Who stole a key uses it as its callers do.
    const suspicion =
      open === undefined
        ? []
        : [
            `a leak of it is open (${open.incidentId}): some of these may be the attacker's, see \`plimsoll investigate ${wish.keyId}\``,
          ];
    const fixes = options.force === true ? [] : [...suspicion, "revoke it all the same with --force"];
    return report(await revokeKey(store, wish, cliUser(), now), options.json, now, fixes);
  });
}

function report(
  outcome: Rotation | KeyRefusal,
  json: boolean | undefined,
  now: number,
  fixes: readonly string[] = [],
): ExitCode {
  if (outcome.kind === "unknown") throw new CommandFailure(EXIT.badNews, "no such key: see `plimsoll keys list`");
  if (outcome.kind === "refused") {
    throw new CommandFailure(EXIT.badNews, "refused:", ...[...outcome.reasons, ...fixes].map((line) => `  ${line}`));
  }
  const { key, successor, state, usedBy } = outcome;
  if (json === true) {
    print(JSON.stringify({ ...keyToJson(key, now), rotation: state, successor: successor?.keyId ?? null }));
  } else {
    const follows = successor === null ? "" : `, followed by ${successor.keyId}`;
    print(`${namedWithId(key.display, key.keyId)}: ${state.replace("_", " ")}${follows}`);
    if (usedBy.length > 0) print(`used within the last hour by: ${usersText(usedBy)}`);
  }
  return EXIT.ok;
}

async function keyIdOf(store: Store, name: string, now: number): Promise<string> {
  if (looksLikeSecret(name)) {
    throw new CommandFailure(
      EXIT.usage,
      "that looks like a raw key, and is now in your shell's history: remove it there",
    );
  }
  const { keys, unknownSources } = await listKeysAt(store, now);
  const found = keysNamed(keys, name);
  if (found.length > 1) throw severalKeys(found);
  if (found[0] !== undefined) return found[0].keyId;
  if (unknownSources.some(({ keyId }) => keyId === name))
    throw new CommandFailure(
      EXIT.badNews,
      "that key is not registered: register it first, `plimsoll keys import <file>`",
    );
  throw noSuchKey(
    name,
    keys.map(({ keyId }) => keyId),
  );
}

function instantOf(option: string, text: string, now: number): number {
  const at = text === "now" ? now : Date.parse(text);
  if (text === "now" || (/^\d{4}-\d{2}-\d{2}/.test(text) && isRegistryDate(at))) return at;
  throw new CommandFailure(
    EXIT.usage,
    `${option} must be now, or a time like 2026-03-08T02:11:00Z or a date, and between 1970 and 2200`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
