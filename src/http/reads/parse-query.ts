import { z } from "zod";
import { cleanText } from "../../text/clean-text.js";
import type { Cursor } from "./cursor.js";

const LONGEST_NAME = 64;
const MOST_PROBLEMS = 20;
/** The end of what a query may ask for: what DateTime can hold. */
const LAST_INSTANT = (2 ** 32 - 1) * 1000;

/** What a request asks of a listing; instants are epoch ms. */
export interface Asked<Query, Place> {
  readonly query: Query;
  readonly after: Place | null;
  readonly since: number;
  readonly until: number;
}

interface Paged {
  readonly cursor?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Reads the parameters of a listing; problems name the field and the fix, and never repeat a value. */
export function parseQuery<Query extends Paged, Place>(
  schema: z.ZodType<Query>,
  cursor: Cursor<Place>,
  parameters: unknown,
): Asked<Query, Place> | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    const sentences = parsed.error.issues.flatMap((issue) => sentencesOf(issue, schema, parameters));
    return { problems: sentences.slice(0, MOST_PROBLEMS) };
  }
  const query = parsed.data;
  // Empty is the beginning, so that a script may send what it has kept, also nothing.
  const given = query.cursor ?? "";
  const after = given === "" ? null : cursor.parse(given);
  if (given !== "" && after === null)
    return { problems: ["cursor: is not one of this listing: take next_cursor of an answer, or leave it out"] };
  const since = query.since === undefined ? 0 : Date.parse(query.since);
  const until = query.until === undefined ? LAST_INSTANT : Date.parse(query.until);
  if (since >= until) return { problems: ["until: must be after since"] };
  return { query, after, since, until };
}

/** The name of an unknown parameter may be a secret itself. */
function sentencesOf(issue: z.core.$ZodIssue, schema: z.ZodType, parameters: unknown): string[] {
  if (issue.code !== "unrecognized_keys") {
    const name = String(issue.path[0]);
    const isRepeated = Array.isArray((parameters as Record<string, unknown>)[name]);
    return [`${name}: ${isRepeated ? "must be given once" : issue.message}`];
  }
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape).join(", ") : "";
  return issue.keys.map((name) => `${cleanText(name, LONGEST_NAME).text}: is not a parameter; there are ${known}`);
}
