import { keyFromText, parseKeyFrom, type KeyFrom } from "./key-from.js";
import { isKeyLike, shapeOf, type FieldShape } from "./key-shape.js";
import type { LogFormat, ParseOptions } from "./log-format.js";
import { readLog } from "./read-log.js";

/** Fields behind those that a format of lines fixes. */
const MOST_NUMBERED = 16;
/** Names in the JSON of one format are some dozens. */
const MOST_NAMED = 16;
/** A field that names fewer records says less of a log than the addresses of all do. */
const LEAST_SHARE = 0.1;
const JSON_TEXT = /"([\w.-]{1,64})"\s{0,8}:\s{0,8}\[?\s{0,8}"([^"\\]{13,512})"/g;
/** Of a document of JSON, which may be large as a whole. */
const SEARCHED_CHARACTERS = 64 * 1024;
const KEY_NAME = /key|token|auth|secret|credential/i;

/** What names the keys of a log that was read without being told. */
export interface KeyGuess {
  /** Null where most records name theirs, or nothing does better. */
  readonly keyFrom: KeyFrom | null;
  /** A field that may hold keys as well as ids of requests, where nothing but the address was found. */
  readonly maybe: KeyFrom | null;
}

/**
 * What would name the keys of a log, by the records that it begins with: what its format finds by itself, else a field whose values have the shape
 * of keys, else who was authenticated, which is closer to a key than where they were.
 */
export async function guessKeyFrom(format: LogFormat, begin: string, options: ParseOptions): Promise<KeyGuess> {
  const given = (keyFrom: KeyFrom | null) => ({ keyFrom, maybe: null });
  const readBy = (keyFrom: KeyFrom | null) => readAs(format, begin, { ...options, keyFrom });
  if (namesMost(await readBy(null))) return given(null);
  const fields = await keyFields(begin, readBy);
  const keys = fields.find(({ shape }) => shape === "keys");
  if (keys !== undefined && namesMost(keys.read)) return given(keys.keyFrom);
  if (namesMost(await readBy({ kind: "user" }))) return given({ kind: "user" });
  if (keys !== undefined) return given(keys.keyFrom);
  const byAddress = namesMost(await readBy({ kind: "ip" }));
  return { keyFrom: byAddress ? { kind: "ip" } : null, maybe: fields[0]?.keyFrom ?? null };
}

/** How the first records are read in one way. */
interface FirstRecords {
  readonly named: number;
  readonly nameless: number;
  /** The names that the field of `--key-from` gave. */
  readonly byKeyFrom: readonly string[];
}

interface KeyField {
  readonly keyFrom: KeyFrom;
  readonly read: FirstRecords;
  readonly shape: FieldShape;
}

/** Fields that hold keys, or may, those that name most records first. */
async function keyFields(begin: string, readBy: (from: KeyFrom) => Promise<FirstRecords>): Promise<KeyField[]> {
  const found: KeyField[] = [];
  for (const name of candidatesIn(begin)) {
    const keyFrom = parseKeyFrom(`header:${name}`);
    if (keyFrom === null || found.some((one) => keyFromText(one.keyFrom) === keyFromText(keyFrom))) continue;
    const read = await readBy(keyFrom);
    const shape = shapeOf(read.byKeyFrom);
    const isEnough = read.byKeyFrom.length >= (read.named + read.nameless) * LEAST_SHARE;
    if (shape !== "other" && isEnough) found.push({ keyFrom, read, shape });
  }
  return found.toSorted((a, b) => b.read.byKeyFrom.length - a.read.byKeyFrom.length);
}

/** Names of fields of JSON that may hold keys, by name and value, or the numbers of what stands behind a line. */
function candidatesIn(begin: string): Iterable<string> {
  if (!/^[\s\ufeff]*[[{]/.test(begin)) return Array.from({ length: MOST_NUMBERED }, (_, index) => String(index + 1));
  const names = new Set<string>();
  for (const [, name = "", value = ""] of begin.slice(0, SEARCHED_CHARACTERS).matchAll(JSON_TEXT)) {
    if (KEY_NAME.test(name) && isKeyLike(value)) names.add(name);
    if (names.size >= MOST_NAMED) break;
  }
  return names;
}

async function readAs(format: LogFormat, begin: string, options: ParseOptions): Promise<FirstRecords> {
  const pieces = async function* (): AsyncGenerator<string> {
    yield begin;
  };
  let [named, nameless, isByKeyFrom] = [0, 0, false];
  const byKeyFrom: string[] = [];
  const note: ParseOptions["note"] = (one) => (isByKeyFrom ||= one === "named_by_key_from");
  for await (const record of readLog(format, { ...options, note }, "", pieces())) {
    if ("event" in record) {
      named += 1;
      if (isByKeyFrom) byKeyFrom.push(record.event.key ?? record.event.key_id ?? "");
    } else if (record.rejected === "no_key" || record.rejected === "key_redacted") nameless += 1;
    isByKeyFrom = false;
  }
  return { named, nameless, byKeyFrom };
}

function namesMost({ named, nameless }: FirstRecords): boolean {
  return named > nameless;
}
