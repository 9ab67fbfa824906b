import { closest, distance } from "fastest-levenshtein";

/** Letters that are wrong, missing or too many in what is still taken for a misspelt name. */
const MOST_MISSPELT = 3;

/** Which of the names was probably meant by one that is none of them, as ` (… is)`; "" where none is near. `_FILE` stays what it is. */
export function meantOf(name: string, names: readonly string[]): string {
  const bare = name.replace(/_FILE$/, "");
  const meant = closest(bare, [...names]);
  return distance(bare, meant) > MOST_MISSPELT ? "" : ` (${name.replace(bare, meant)} is)`;
}
