import { nearestName } from "./text/nearest-name.js";

/** Settings that got a better name: an environment that still has the old one is refused, with the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  PLIMSOLL_GROUP_EVENTS: "PLIMSOLL_BATCH_MAX_EVENTS",
  PLIMSOLL_GROUP_MS: "PLIMSOLL_BATCH_MAX_WAIT_MS",
};

/** What is wrong with the name of a setting (or its `_FILE`) that is none of the names: the new or the nearest one stands in it. */
export function unknownSetting(name: string, names: readonly string[]): string {
  const bare = name.replace(/_FILE$/, "");
  const renamed = Object.hasOwn(RENAMED, bare) ? RENAMED[bare]! : null;
  if (renamed !== null) return `${name} was renamed to ${name.replace(bare, renamed)}: set that instead`;
  const meant = nearestName(bare, names, bare.replace(/^[A-Z]+_/, "").length);
  const hint = meant === null ? "see docs/settings.md" : `did you mean ${name.replace(bare, meant)}?`;
  return `${name} is not a setting of Plimsoll: ${hint}`;
}
