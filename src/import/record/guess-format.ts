import { hasEventName, isFields, type Fields } from "../cloudtrail-names.js";
import { FORMATS, formatNamed } from "../formats.js";
import { readJsonPieces } from "../read-json-pieces.js";
import { unwrapCloudTrail } from "../unwrap-cloudtrail.js";
import { mostAre, objectsIn, type LogSample } from "./log-sample.js";
import { parsedJson } from "./parsed-json.js";
import { LONGEST_LINE } from "./read-log.js";
import { wrappedLines } from "./wrapped-lines.js";

/** So much of a file is looked at; of a single document of JSON as much as it takes to see the whole of it. */
const SAMPLE_CHARACTERS = 64 * 1024;
const MOST_CHARACTERS = 32 * 1024 * 1024;
const MOST_RECORDS = 20;
const DONE = { done: true, value: undefined } as const;

/** A format and by what a file was recognised. */
export interface Guess {
  readonly format: string;
  readonly why: string;
}

/** What a sample is of: the first format that recognises it, or the lines that are wrapped in it; null when none does. */
export function guessFormat(sample: LogSample): Guess | null {
  const whole = guessBare(sample);
  if (whole !== null) return whole;
  const lines = sample.values
    .flatMap(wrappedLines)
    .slice(0, MOST_RECORDS)
    .map((line) => line.trim());
  const inner = lines.length === 0 ? null : guessBare({ lines, values: objectsIn(lines.map(parsedJson)) });
  return inner === null || formatNamed(inner.format) === undefined
    ? null
    : { format: inner.format, why: `${inner.why}, each in a field of JSON` };
}

function guessBare(sample: LogSample): Guess | null {
  const cloudTrail = whyCloudTrail(sample);
  if (cloudTrail !== null) return { format: "cloudtrail", why: cloudTrail };
  for (const format of FORMATS) {
    const why = format.looksLike(sample);
    if (why !== null) return { format: format.name, why };
  }
  const isEvent = (value: Fields) => "ts" in value && ("key_id" in value || "key" in value);
  return mostAre(sample.values, isEvent)
    ? { format: "ndjson", why: "JSON with ts and key_id or key: events as they are" }
    : null;
}

function whyCloudTrail({ lines, values }: LogSample): string | null {
  if (values.length === 0) {
    const [header = ""] = lines;
    // Half a document of JSON has the name as well.
    return header.includes(",") && !/^\s*[[{]/.test(header) && /event.?name/i.test(header.slice(0, 4096))
      ? "CSV with a column for an event's name"
      : null;
  }
  return mostAre(values, isCloudTrail) ? "JSON with CloudTrail's records in it" : null;
}

function isCloudTrail(value: Fields): boolean {
  // An hour without requests is a document as well.
  if (Array.isArray(value["Records"]) && value["Records"].length === 0) return true;
  // Only the first few: a document may hold thousands.
  let looked = 0;
  for (const one of unwrapCloudTrail(value)) {
    if ("rejected" in one && one.rejected !== "not_a_record") return true;
    if ("record" in one && isFields(one.record)) {
      const { record } = one;
      if (hasEventName(record) && /event_?source|"useridentity/i.test(Object.keys(record).join(" "))) return true;
      if ("class_uid" in record && "api" in record) return true;
    }
    if ((looked += 1) >= MOST_RECORDS) return false;
  }
  return false;
}

/** What a text begins with: as a sample and as it stands there, and the whole of it again, in pieces. */
export interface Begun {
  readonly sample: LogSample;
  readonly begin: string;
  readonly whole: AsyncGenerator<string>;
}

/** The sample of a text, and the text again, which ends in what its pieces threw. @throws that where nothing came before it */
export async function takeSample(pieces: AsyncGenerator<string>): Promise<Begun> {
  const kept: string[] = [];
  let length = 0;
  let wanted = SAMPLE_CHARACTERS;
  let sample: LogSample = { lines: [], values: [] };
  let problem: Error | undefined;
  for (;;) {
    const next = await pieces.next().catch((error: unknown) => {
      if (length === 0) throw error;
      problem = error as Error;
      return DONE;
    });
    if (next.done !== true) {
      kept.push(next.value);
      length += next.value.length;
    }
    if (next.done !== true && length < wanted) continue;
    sample = await sampleOf(kept.join(""), next.done === true);
    const isWhole = sample.values.length > 0 || (sample.lines.length > 0 && !isJson(kept[0] ?? ""));
    if (next.done === true || isWhole || length >= MOST_CHARACTERS) break;
    // A document on one line, or over many, is JSON only as a whole, and a line may be too long: twice as much each time, so that all of it is looked at twice at most.
    wanted = 2 * length;
  }
  const whole = async function* (): AsyncGenerator<string> {
    yield* kept;
    if (problem !== undefined) throw problem;
    yield* pieces;
  };
  return { sample, begin: kept.join(""), whole: whole() };
}

/** What a text begins with; of a text that goes on, its last line is left out. */
export async function sampleOf(text: string, isEnd: boolean): Promise<LogSample> {
  const end = isEnd ? text.length : text.lastIndexOf("\n") + 1;
  const bare = text.slice(0, end).replace(/^\ufeff/, "");
  const lines = firstLines(bare);
  const values: unknown[] = [];
  // Programs in containers write a few words of their own before their log.
  if (isJson(bare) || mostAre(lines, (line) => line.startsWith("{"))) {
    const pieces = async function* () {
      yield bare;
    };
    for await (const some of readJsonPieces(pieces())) {
      for (const piece of some) if ("value" in piece) values.push(piece.value);
      if (values.length >= MOST_RECORDS) break;
    }
  }
  return { lines, values: objectsIn(values).slice(0, MOST_RECORDS) };
}

/** Those that are read as records: an empty or too long one says nothing of the others. */
function firstLines(text: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length && lines.length < MOST_RECORDS;) {
    const found = text.indexOf("\n", at);
    const end = found < 0 ? text.length : found;
    const line = end - at > LONGEST_LINE ? "" : text.slice(at, end).trimEnd();
    if (line !== "") lines.push(line);
    at = end + 1;
  }
  return lines;
}

function isJson(text: string): boolean {
  return /^[\s\ufeff]*[[{]/.test(text.slice(0, 1024));
}
