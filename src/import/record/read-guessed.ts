import { readCloudTrail } from "../cloudtrail.js";
import { formatNamed } from "../formats.js";
import { readNdjsonEvents } from "../ndjson-events.js";
import { unreadFor } from "../read-text.js";
import type { ImportedRecord } from "../wire-event.js";
import { guessFormat, takeSample, type Begun, type Guess } from "./guess-format.js";
import type { LogFormat, ParseOptions } from "./log-format.js";
import { readLog } from "./read-log.js";

/** How what a file begins with is to be read, once its format is known. */
export type OptionsFor = (format: LogFormat, begin: string) => Promise<ParseOptions>;

/** The events of a file in the format that its beginning is recognised as, which `onGuess` is given; one rejected record where none is, and none of a file that is empty. */
export async function* readGuessed(
  file: string,
  text: AsyncGenerator<string>,
  optionsFor: OptionsFor,
  note: ParseOptions["note"],
  onGuess: (guess: Guess) => void,
): AsyncGenerator<ImportedRecord> {
  const taken = await takeSample(text).catch((error: unknown) => error);
  const from = { file, record: 1 };
  if (!isTaken(taken)) {
    yield { rejected: unreadFor(taken), from };
    return;
  }
  // A log that was just rotated has nothing yet: it is of every format.
  if (taken.begin.trim() === "") return;
  const guess = guessFormat(taken.sample);
  if (guess === null) {
    // The file is closed where nobody reads it to its end.
    await text.return(undefined);
    yield { rejected: "unknown_format", from };
    return;
  }
  onGuess(guess);
  const format = formatNamed(guess.format);
  if (format !== undefined) yield* readLog(format, await optionsFor(format, taken.begin), file, taken.whole);
  else if (guess.format === "cloudtrail") yield* readCloudTrail(file, taken.whole);
  else yield* readNdjsonEvents(file, taken.whole, note);
}

function isTaken(value: unknown): value is Begun {
  return typeof value === "object" && value !== null && "sample" in value;
}
