import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { constants, inflateRawSync } from "node:zlib";
import type { WholePlimsoll } from "./whole-plimsoll.js";

/** So many characters of a secret are a trace of it: more than a display's prefix and last four. */
const PIECE = 16;
const MOST_WALKS = 50;

/** A place that was searched, and what was found there. */
export interface Trace {
  readonly place: string;
  readonly secret: string;
}

/**
 * Where a secret, or its beginning, middle or end, occurs in files under a directory: plain, URL-encoded, as numbers,
 * in base64 at any offset, or any of these in gzip.
 * `secrets` maps names, which are reported, to texts, which are not.
 */
export function findInFiles(directory: string, secrets: Readonly<Record<string, string>>): Trace[] {
  // A database that is at work replaces files: only a walk from which none vanished has seen everything.
  for (let walk = 1; ; walk += 1) {
    try {
      return walkFiles(directory, secrets);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || walk === MOST_WALKS) throw error;
    }
  }
}

function walkFiles(directory: string, secrets: Readonly<Record<string, string>>): Trace[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ parentPath, name }) => {
    const path = join(parentPath, name);
    const bytes = readFileSync(path);
    return [bytes, ...inflated(bytes)].flatMap((text) => findInText(path, text, secrets));
  });
}

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const GZIP_HEADER = 10;

/** What is kept in gzip somewhere in a file: blocks of events wait in Redis like that. */
function inflated(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = bytes.indexOf(GZIP); at >= 0; at = bytes.indexOf(GZIP, at + 1)) {
    try {
      // What follows the block in the file is no concern of raw deflate, as it would be of gunzip.
      found.push(inflateRawSync(bytes.subarray(at + GZIP_HEADER), { finishFlush: constants.Z_SYNC_FLUSH }));
    } catch {
      // These three bytes were something else.
    }
  }
  return found;
}

/** The same in a text. */
export function findInText(place: string, text: Buffer | string, secrets: Readonly<Record<string, string>>): Trace[] {
  const places = [Buffer.from(text), ...(typeof text === "string" ? [Buffer.from(readable(text))] : [])];
  return Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => places.some((bytes) => bytes.includes(form))))
    .map(([secret]) => ({ place, secret }));
}

/** The same in every row of every table of the database, for on disk most columns are compressed beyond recognition. */
export async function findInTables({ ask, clickhouse }: WholePlimsoll, secrets: Readonly<Record<string, string>>) {
  const tables = await ask<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
  );
  const traces: Trace[] = [];
  for (const { name } of tables) {
    const result = await clickhouse.query({ query: `SELECT * FROM \`${name}\``, format: "JSONEachRow" });
    // JSON writes a slash as \/, which would hide one.
    const text = (await result.text()).replaceAll("\\/", "/");
    traces.push(...findInText(`table ${name}`, text, secrets));
  }
  return traces;
}

/** A text as who looks for keys in it may read it: percent-decoded, and without what is not printed or escaped. */
function readable(text: string): string {
  let decoded = text;
  for (let times = 0; times < 6; times += 1) {
    decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
  return decoded.replaceAll(/\\u[0-9a-f]{4}|\\[bfnrt]|[^\x21-\x7e]/gi, "");
}

function formsOf(secret: string): string[] {
  const middle = Math.floor((secret.length - PIECE) / 2);
  return [0, middle, secret.length - PIECE].flatMap((from) =>
    formsOfPiece(secret.slice(Math.max(0, from), from + PIECE)),
  );
}

function formsOfPiece(piece: string): string[] {
  // A Buffer that somebody logs is a list of numbers.
  return base64Of(piece).concat(piece, encodeURIComponent(piece), [...Buffer.from(piece)].join(","));
}

/** What base64 of any text around it contains: the piece at the three offsets, without the characters that its neighbours share. */
function base64Of(piece: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.from("x".repeat(offset) + piece).toString("base64");
    const own = whole.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + piece.length) * 8) / 6));
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
