import type { KeyVersion } from "../model/key/key.js";
import { countedText } from "../text/amounts.js";
import { nearestName } from "../text/nearest-name.js";
import { CommandFailure, EXIT } from "./run-command.js";

/** Enough to find one's own; more would push the sentence off the screen. */
const MOST_LISTED = 20;

/** That a name means several keys. */
export function severalKeys(keys: readonly KeyVersion[]): CommandFailure {
  return new CommandFailure(
    EXIT.badNews,
    `${keys.length} keys have that display, name one by its key_id:`,
    ...listed(keys.map(({ keyId }) => keyId)),
  );
}

/** That a name means no key, with those of `keyIds` that it may have been meant for, and what is not recorded yet (`unrecorded`). The name itself, which may be part of a secret, is not repeated. */
export function noSuchKey(name: string, keyIds: readonly string[], unrecorded: string | null = null): CommandFailure {
  const begun = name === "" ? [] : keyIds.filter((keyId) => keyId.startsWith(name));
  if (begun.length > 1) {
    const found = `no such key, but ${countedText(begun.length, "key_id")} begin with that, name one:`;
    return new CommandFailure(EXIT.badNews, found, ...listed(begun));
  }
  const meant = begun[0] ?? nearestName(name, keyIds);
  const hint = meant === null ? "see `plimsoll keys list`" : `did you mean ${meant}?`;
  const said = `no such key, neither registered nor seen in traffic: ${hint}`;
  return new CommandFailure(EXIT.badNews, said, ...(unrecorded === null ? [] : [unrecorded]));
}

function listed(keyIds: readonly string[]): string[] {
  const more = keyIds.length - MOST_LISTED;
  return [...keyIds.slice(0, MOST_LISTED).map((keyId) => `  ${keyId}`), ...(more > 0 ? [`  and ${more} more`] : [])];
}
