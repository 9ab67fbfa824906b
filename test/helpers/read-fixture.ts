import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { formatNamed } from "../../src/import/formats.js";
import { parseKeyFrom } from "../../src/import/record/key-from.js";
import type { LogFormat, ParseOptions, ReadNote } from "../../src/import/record/log-format.js";
import { readLog } from "../../src/import/record/read-log.js";
import { parseTrustedProxies, TrustedProxies } from "../../src/import/record/trusted-proxies.js";
import type { ImportedRecord } from "../../src/import/wire-event.js";

const FIXTURES = join(import.meta.dirname, "../../../test/fixtures/formats");

/** A log of one format, by its place below the fixtures: `nginx/main.log`. */
export interface LogFixture {
  readonly place: string;
  readonly format: string;
  readonly text: string;
}

/** All logs of the fixtures; the folder of each is the name of its format. */
export function logFixtures(): LogFixture[] {
  return readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== FIXTURES)
    .map((entry) => `${entry.parentPath.slice(FIXTURES.length + 1)}/${entry.name}`)
    .toSorted()
    .map((place) => ({ place, format: place.split("/")[0]!, text: readFileSync(join(FIXTURES, place), "utf8") }));
}

/** A file beside the logs. */
export function fixtureText(name: string): string {
  return readFileSync(join(FIXTURES, name), "utf8");
}

/** The format of that name. @throws Error when there is none */
export function theFormat(name: string): LogFormat {
  const format = formatNamed(name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
}

/** Options as the command line gives them, and what was noted. */
export function optionsOf(keyFrom = "", proxies = ""): ParseOptions & { readonly noted: ReadNote[] } {
  const noted: ReadNote[] = [];
  const trusted = proxies === "" ? null : parseTrustedProxies(proxies);
  const trustedProxies = trusted instanceof TrustedProxies ? trusted : null;
  return { keyFrom: parseKeyFrom(keyFrom), trustedProxies, noted, note: (note) => noted.push(note) };
}

/** What the records of a text become. */
export async function readLogText(format: LogFormat, text: string, options: ParseOptions = optionsOf()) {
  const pieces = async function* (): AsyncGenerator<string> {
    // In pieces that end anywhere, as files are read.
    for (let at = 0; at < text.length; at += 97) yield text.slice(at, at + 97);
  };
  const records: ImportedRecord[] = [];
  for await (const record of readLog(format, options, "log", pieces())) records.push(record);
  return records;
}
