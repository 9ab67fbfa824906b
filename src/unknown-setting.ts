import { closest, distance } from "fastest-levenshtein";

/** Settings that got a better name: an environment that still has the old one is refused, with the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  PLIMSOLL_GROUP_EVENTS: "PLIMSOLL_BATCH_MAX_EVENTS",
  PLIMSOLL_GROUP_MS: "PLIMSOLL_BATCH_MAX_WAIT_MS",
};

/** Letters that are wrong, missing or too many in what is still taken for a misspelt name: one in four behind the common prefix, three at most. */
const MOST_MISSPELT = 3;
const LETTERS_TO_ONE = 4;

/** What is wrong with the name of a setting (or its `_FILE`) that is none of the names: the new or the nearest one stands in it. */
export function unknownSetting(name: string, names: readonly string[]): string {
  const bare = name.replace(/_FILE$/, "");
  const renamed = Object.hasOwn(RENAMED, bare) ? RENAMED[bare]! : null;
  if (renamed !== null) return `${name} was renamed to ${name.replace(bare, renamed)}: set that instead`;
  const meant = closest(bare, [...names]);
  const hint =
    distance(bare, meant) > mostMisspelt(bare) ? "see docs/settings.md" : `did you mean ${name.replace(bare, meant)}?`;
  return `${name} is not a setting of Plimsoll: ${hint}`;
}

function mostMisspelt(bare: string): number {
  const own = bare.replace(/^[A-Z]+_/, "").length;
  return Math.max(1, Math.min(MOST_MISSPELT, Math.floor(own / LETTERS_TO_ONE)));
}
