import { z } from "zod";

/** A place in a listing as one opaque text: the sort key of the row that was read last. */
export interface Cursor<Place> {
  readonly print: (place: Place) => string;
  /** Null where the text is no cursor of this listing. */
  readonly parse: (text: string) => Place | null;
}

/** Cursors of one listing, which those of another are not. */
export function cursorOf<Place>(listing: string, place: z.ZodType<Place>): Cursor<Place> {
  const schema = z.tuple([z.literal(listing), place]);
  return {
    print: (at) => Buffer.from(JSON.stringify([listing, at])).toString("base64url"),
    parse(text) {
      const bytes = Buffer.from(text, "base64url");
      // What Node skips of a text that is no base64url is not there the other way round.
      if (bytes.toString("base64url") !== text) return null;
      try {
        const parsed = schema.safeParse(JSON.parse(bytes.toString("utf8")));
        return parsed.success ? parsed.data[1] : null;
      } catch {
        return null;
      }
    },
  };
}
