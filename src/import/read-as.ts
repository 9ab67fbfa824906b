import { readCloudTrail } from "./cloudtrail.js";
import { FORMATS, formatNamed } from "./formats.js";
import { readNdjsonEvents } from "./ndjson-events.js";
import type { Guess } from "./record/guess-format.js";
import type { ParseOptions } from "./record/log-format.js";
import { readGuessed } from "./record/read-guessed.js";
import { readLog } from "./record/read-log.js";
import type { ImportedRecord } from "./wire-event.js";

/** What reads the records of a text that is called so. */
export type TextReader = (name: string, text: AsyncGenerator<string>) => AsyncGenerator<ImportedRecord>;

/** Formats that have readers of their own, and no options. */
const OWN: Readonly<Record<string, (note: ParseOptions["note"]) => TextReader>> = {
  cloudtrail: () => readCloudTrail,
  ndjson: (note) => (name, text) => readNdjsonEvents(name, text, note),
};

/** Whether a format's records name their keys and addresses, so that no option is for it. */
export function hasOwnReader(format: string): boolean {
  return Object.hasOwn(OWN, format);
}

/** Every format that needs no map, `auto` first. */
export const FORMAT_NAMES = ["auto", ...Object.keys(OWN), ...FORMATS.map((format) => format.name)];

/** The reader of a format by its name; undefined for a name that is none of them. `auto` tells what it took a text for. */
export function textReaderOf(
  format: string,
  options: ParseOptions,
  onGuess: (name: string, guess: Guess) => void = () => undefined,
): TextReader | undefined {
  if (hasOwnReader(format)) return OWN[format]!(options.note);
  if (format === "auto") {
    return (name, text) =>
      readGuessed(
        name,
        text,
        async () => options,
        options.note,
        (guess) => onGuess(name, guess),
      );
  }
  const known = formatNamed(format);
  return known === undefined ? undefined : (name, text) => readLog(known, options, name, text);
}
