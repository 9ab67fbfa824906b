import { closest, distance } from "fastest-levenshtein";

/** Letters that are wrong, missing or too many in what is still taken for a misspelt name: one in four, three at most. */
const MOST_MISSPELT = 3;
const LETTERS_TO_ONE = 4;
/** Shorter words stand in many names. */
const SHORTEST_WORD = 4;

/**
 * The one of the names that was probably meant: misspelt, in other case or with other signs between its words, or one word of a single name alone;
 * null when there is none. `letters` is how many of those given tell names apart.
 */
export function nearestName(given: string, names: readonly string[], letters = given.length): string | null {
  const bare = plain(given);
  if (bare === "" || names.length === 0) return null;
  const nearest = closest(bare, names.map(plain));
  if (distance(bare, nearest) <= Math.max(1, Math.min(MOST_MISSPELT, Math.floor(letters / LETTERS_TO_ONE))))
    return names.find((name) => plain(name) === nearest) ?? null;
  const holding = letters < SHORTEST_WORD ? [] : names.filter((name) => wordsOf(name).includes(given.toLowerCase()));
  return holding.length === 1 ? holding[0]! : null;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
const wordsOf = (name: string) => name.toLowerCase().split(/[^a-z0-9]+/);
