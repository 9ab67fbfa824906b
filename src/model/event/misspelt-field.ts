import { distance } from "fastest-levenshtein";

/** Optional fields of an event that may be meant by a name that nobody reads; what is required is refused when it is missing. */
const OPTIONAL = [
  "source_ip",
  "method",
  "route",
  "status",
  "latency_ms",
  "bytes",
  "cost_usd",
  "units",
  "scope",
  "user_agent",
  "region",
  "service",
  "count",
  "bucket_minutes",
  "observed_by",
] as const;
export type OptionalField = (typeof OPTIONAL)[number];

const READ: ReadonlySet<string> = new Set([...OPTIONAL, "id", "key_id", "key", "ts"]);
/** Longer ones are no slip of the pen. */
const LONGEST_NAME = 24;
const LONG = 8;
/** Senders use few names: beyond so many somebody makes them up, and none is looked at any more. */
const MOST_NAMES = 1000;
const meant = new Map<string, OptionalField | null>();

/** The first optional field that an event lacks while a name close to it is there, which nobody reads; null where there is none. */
export function misspeltField(wire: Readonly<Record<string, unknown>>): OptionalField | null {
  for (const name in wire) {
    if (READ.has(name)) continue;
    const field = fieldMeantBy(name);
    if (field !== null && wire[field] === undefined) return field;
  }
  return null;
}

function fieldMeantBy(name: string): OptionalField | null {
  const known = meant.get(name);
  if (known !== undefined) return known;
  if (name.length > LONGEST_NAME || meant.size >= MOST_NAMES) return null;
  const field = OPTIONAL.find((one) => isSlipOf(plain(name), plain(one))) ?? null;
  meant.set(name, field);
  return field;
}

/** Another way of writing words together, one letter more, less or other (two in a long name), or two of them swapped. */
function isSlipOf(name: string, field: string): boolean {
  return distance(name, field) <= (field.length < LONG ? 1 : 2) || lettersOf(name) === lettersOf(field);
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
const lettersOf = (name: string) => name.split("").toSorted().join("");
