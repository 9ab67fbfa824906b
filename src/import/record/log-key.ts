import { hasUnprintable, isBlank } from "../../text/clean-text.js";
import { bareKey } from "../../text/secret/bare-key.js";
import { looksLikeSecret } from "../../text/secret/secret-shape.js";
import { KEY_ID_CAP } from "../../text/text-caps.js";
import type { RejectReason } from "../wire-event.js";
import type { ParseOptions } from "./log-format.js";
import { textOf } from "./log-values.js";

/** Who made a request, as an event names it. */
export type LogKey = { readonly keyId: string } | { readonly key: string } | { readonly rejected: RejectReason };

/** Where a record may name its key. */
export interface KeyPlaces {
  /** The id of a key, token or consumer. */
  readonly keyId?: unknown;
  /** A header that holds the key itself. */
  readonly rawKey?: unknown;
  readonly user?: unknown;
  /** A logged header or field by its name, for `--key-from header:X`. */
  readonly header?: ((name: string) => unknown) | undefined;
}

/** As long as ingest takes a raw key. */
const [SHORTEST_KEY, LONGEST_KEY] = [8, 512];
const HIDDEN = new Set(["redacted", "masked", "hidden", "filtered", "removed"]);
/** Signs that are put for each character of a key. */
const BLOTS = "xX*#•-_";
const NONE: LogKey = { rejected: "no_key" };
const HIDDEN_KEY: LogKey = { rejected: "key_redacted" };
const BAD_ID: LogKey = { rejected: "bad_key_id" };
const BAD_KEY: LogKey = { rejected: "bad_key" };

/**
 * The key of a record: the field that `--key-from header:X` names, else an id, else a raw key in a header or in the query, else what `--key-from`
 * says. What has the shape of a secret is a raw key wherever it stood, and never an id.
 */
export function chooseKey(places: KeyPlaces, queryKey: string, address: string, options: ParseOptions): LogKey {
  const { keyFrom } = options;
  let failed = NONE;
  if (keyFrom?.kind === "header") {
    const value = textOf(places.header?.(keyFrom.name));
    const named = keyFrom.isId ? asId(value) : asRawKey(value);
    if (!("rejected" in named)) return noted(named, options);
    failed = named;
  }
  for (const candidate of [asId(textOf(places.keyId)), asRawKey(textOf(places.rawKey)), asRawKey(queryKey)]) {
    if (!("rejected" in candidate)) return candidate;
    if (failed === NONE) failed = candidate;
  }
  if (keyFrom === null || keyFrom.kind === "header") return failed;
  const named = asId(keyFrom.kind === "ip" ? address : textOf(places.user));
  if (!("rejected" in named)) return noted(named, options);
  return failed === NONE ? named : failed;
}

function noted(key: LogKey, options: ParseOptions): LogKey {
  options.note("named_by_key_from");
  return key;
}

/** Ids repeat: so many of them are known to be no secret. */
const knownIds = new Map<string, LogKey>();
const MOST_KNOWN = 8192;

function asId(id: string): LogKey {
  if (id === "") return NONE;
  if (id.length > KEY_ID_CAP) return BAD_ID;
  const known = knownIds.get(id);
  if (known !== undefined) return known;
  const judged = judgeId(id);
  if (knownIds.size >= MOST_KNOWN) knownIds.clear();
  knownIds.set(id, judged);
  return judged;
}

function judgeId(id: string): LogKey {
  if (isBlank(id) || hasUnprintable(id)) return BAD_ID;
  if (looksLikeSecret(id)) return asRawKey(id);
  return isHidden(id) ? HIDDEN_KEY : { keyId: id };
}

function asRawKey(given: string): LogKey {
  if (given === "") return NONE;
  if (isHidden(given)) return HIDDEN_KEY;
  if (given.length > 2 * LONGEST_KEY) return BAD_KEY;
  const key = bareKey(given).trim();
  return key.length < SHORTEST_KEY || key.length > LONGEST_KEY ? BAD_KEY : { key };
}

/** The raw key that a header or parameter holds; undefined where it holds none. */
export function rawKeyIn(given: string): string | undefined {
  const judged = asRawKey(given);
  return "key" in judged ? judged.key : undefined;
}

/** What gateways write in the place of a key, wholly or in part: all keys would become the same one. */
function isHidden(text: string): boolean {
  if (text.includes("***") || text.includes("...") || text.includes("…")) return true;
  if (text.length > 64) return false;
  const word = bareKey(text)
    .replaceAll(/[^A-Za-z]/g, "")
    .toLowerCase();
  if (HIDDEN.has(word)) return true;
  return text.length > 2 && BLOTS.includes(text[0]!) && text === text[0]!.repeat(text.length);
}
