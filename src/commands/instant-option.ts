import { InvalidArgumentError } from "commander";
import { isOfKnownYears, OF_KNOWN_YEARS, parseInstant } from "../model/parse-instant.js";

/** An instant given on the command line, or the start of a UTC day, in epoch ms. @throws InvalidArgumentError */
export function instant(text: string): number {
  const at = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (at === undefined) throw new InvalidArgumentError("It must be a time like 2026-03-08T02:00:00Z, or a date.");
  if (!isOfKnownYears(at)) throw new InvalidArgumentError(`It ${OF_KNOWN_YEARS}.`);
  return at;
}
