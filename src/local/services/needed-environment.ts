/** What a program needs to find others, its files and its language. */
const NEEDED = ["PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ"];

/**
 * The part of our environment that programs beside us get: whoever may look into them, or makes them tell their environment, finds none of our tokens, peppers
 * and passwords.
 */
export function neededEnvironment(more: readonly string[] = []): Record<string, string> {
  const given = [...NEEDED, ...more].map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(given.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}
