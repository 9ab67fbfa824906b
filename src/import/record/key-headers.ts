import { isFields, type Fields } from "../cloudtrail-names.js";
import { headerOf, textOf } from "./log-values.js";

/** Headers by which gateways name a key or its consumer, the most exact first. */
const ID_HEADERS = [
  "x-api-key-id",
  "x-key-id",
  "x-credential-identifier",
  "x-consumer-id",
  "x-consumer-username",
  "x-client-id",
];
/** Headers that hold the key itself. */
const RAW_HEADERS = [
  "x-api-key",
  "api-key",
  "apikey",
  "x-goog-api-key",
  "ocp-apim-subscription-key",
  "x-auth-token",
  "x-access-token",
  "private-token",
  "x-auth-key",
  "authorization",
];

const underscored = (name: string) => name.replaceAll("-", "_");
const asFields = (names: readonly string[]) =>
  names.flatMap((name) => [underscored(name), `http_${underscored(name)}`]);
/** The same where each header is a field of its own, as in nginx and Envoy. */
const ID_FIELDS = ["api_key_id", "key_id", "apikey_id", "credential_id", "consumer_id", ...asFields(ID_HEADERS)];
const RAW_FIELDS = asFields(RAW_HEADERS);
const ranksOf = (names: readonly string[]) => new Map(names.map((name, rank) => [name, rank]));
const ID_RANKS = ranksOf(ID_HEADERS);
const RAW_RANKS = ranksOf(RAW_HEADERS);

function firstRanked(headers: unknown, ranks: ReadonlyMap<string, number>): string {
  if (!isFields(headers)) return "";
  let best = "";
  let bestRank = Infinity;
  for (const name in headers) {
    const rank = ranks.get(name) ?? ranks.get(name.toLowerCase()) ?? Infinity;
    if (rank >= bestRank) continue;
    const text = textOf(headers[name]);
    if (text === "") continue;
    best = text;
    bestRank = rank;
  }
  return best;
}

function firstField(record: Fields, names: readonly string[]): string {
  for (const name of names) {
    const value = record[name];
    const text = value === undefined ? "" : textOf(value);
    if (text !== "") return text;
  }
  return "";
}

/** The id of a key or consumer among logged headers, or "". */
export function idAmongHeaders(headers: unknown): string {
  return firstRanked(headers, ID_RANKS);
}

/** A raw key among logged headers, or "". */
export function rawKeyAmongHeaders(headers: unknown): string {
  return firstRanked(headers, RAW_RANKS);
}

/** The id of a key or consumer in a record whose headers are fields of their own, or "". */
export function idAmongFields(record: Fields): string {
  return firstField(record, ID_FIELDS);
}

/** A raw key in a record whose headers are fields of their own, or "". */
export function rawKeyAmongFields(record: Fields): string {
  return firstField(record, RAW_FIELDS);
}

/** What `--key-from header:X` names in such a record: X, X with `_`, or `http_x`. */
export function fieldNamed(record: Fields, name: string): string {
  const flat = underscored(name);
  return headerOf(record, name) || headerOf(record, flat) || headerOf(record, `http_${flat}`);
}

/** What `--key-from header:X` names in a line: the word of that number behind the parts that its format fixes. */
export function wordNumbered(words: readonly string[], name: string): string {
  return /^\d{1,2}$/.test(name) ? textOf(words[Number(name) - 1]) : "";
}
