import { Secret } from "./secret.js";

/** One `name=token` entry of a token list: the name is the source in coverage and quotas, and the author of changes. */
export interface NamedToken {
  readonly name: string;
  readonly token: Secret;
}

/** The entries of a list that can be used; of the others, what is wrong with them, by their number and never by their text. */
export interface SecretList<Entry> {
  readonly entries: readonly Entry[];
  readonly problems: readonly string[];
}

/** What somebody could guess in a lifetime is shorter. */
const SHORTEST = 16;
/** What a header can carry, and a comma cannot be in. */
const SENDABLE = /^[\x21-\x2b\x2d-\x7e]{1,4096}$/;
const NAMED = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,63})=(.+)$/;

/** Reads `name=token,token,…`; entries without a name are called `<kind>-<number>`. One name may have several tokens, while they are replaced. */
export function parseTokenList(kind: string, text: string): SecretList<NamedToken> {
  return parseList(text, "a token", (entry, number) => {
    if (!entry.includes("=")) return { name: `${kind}-${number}`, token: new Secret(entry) };
    const [, name, token] = NAMED.exec(entry) ?? [];
    if (name === undefined || token === undefined) {
      return "must be name=token, with a name of letters, digits, _ . and - before the first =, and a token after it";
    }
    return { name, token: new Secret(token) };
  });
}

/** Reads secrets of which any one will do: the old and the new one, while they are replaced. */
export function parseSecretList(text: string): SecretList<Secret> {
  const { entries, problems } = parseList(text, "a secret", (entry) => ({ token: new Secret(entry) }));
  return { entries: entries.map(({ token }) => token), problems };
}

function parseList<Entry extends { readonly token: Secret }>(
  text: string,
  what: string,
  parse: (entry: string, number: number) => Entry | string,
): SecretList<Entry> {
  const met = new Map<string, number>();
  const [entries, problems]: [Entry[], string[]] = [[], []];
  for (const [index, part] of text.split(",").entries()) {
    const number = index + 1;
    const parsed = part.trim() === "" ? "is empty" : parse(part.trim(), number);
    const problem = typeof parsed === "string" ? parsed : problemOf(parsed.token.reveal(), what, met);
    if (problem !== null) problems.push(`entry ${number}: ${problem}`);
    if (problem !== null || typeof parsed === "string") continue;
    met.set(parsed.token.reveal(), number);
    entries.push(parsed);
  }
  return { entries, problems };
}

function problemOf(shown: string, what: string, met: ReadonlyMap<string, number>): string | null {
  if (shown.length < SHORTEST) return `${what} needs at least ${SHORTEST} characters`;
  if (!SENDABLE.test(shown)) return `${what} may contain ASCII letters, digits and punctuation, but no spaces`;
  const first = met.get(shown);
  return first === undefined ? null : `is the same as entry ${first}`;
}

const LISTS = ["PLIMSOLL_INGEST_TOKENS", "PLIMSOLL_READ_TOKENS", "PLIMSOLL_ADMIN_TOKENS"] as const;

/** A token has one right: whoever holds one that sends events must not turn out to be an admin. */
export function sharedTokens(config: Readonly<Record<(typeof LISTS)[number], readonly NamedToken[]>>): string[] {
  const seen = new Map<string, string>();
  return LISTS.flatMap((list) =>
    config[list].flatMap(({ token }, index) => {
      const place = seen.get(token.reveal());
      seen.set(token.reveal(), `entry ${index + 1} of ${list}`);
      return place === undefined ? [] : [`${list} entry ${index + 1}: is the same as ${place}: a token has one right`];
    }),
  );
}
