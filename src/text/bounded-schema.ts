import { z } from "zod";

/** Text of at most so many characters; of a longer one nothing else is looked at. */
export const boundedText = (longest: number) =>
  z.string("must be text").max(longest, { error: `must be at most ${longest} characters`, abort: true });

/** A list of at most so many entries; of a longer one no entry is looked at. */
export const boundedList = <Item extends z.ZodType>(item: Item, most: number) =>
  z
    .array(z.unknown(), "must be a list")
    .max(most, { error: `must have at most ${most} entries`, abort: true })
    .pipe(z.array(item));

/** An object of at most so many fields; of a larger one no field is looked at. `what` says what it must be. */
export const boundedRecord = <Value extends z.ZodType>(name: z.ZodString, value: Value, most: number, what: string) =>
  z
    .custom<Record<string, unknown>>((given) => typeof given === "object" && given !== null && !Array.isArray(given), {
      error: what,
      abort: true,
    })
    .refine((given) => Object.keys(given).length <= most, { error: `must have at most ${most} entries`, abort: true })
    .pipe(z.record(name, value));
