import { distance } from "fastest-levenshtein";
import { fieldCalled, OPTIONAL, type OptionalField, type RequiredField } from "./other-names.js";

const READ: ReadonlySet<string> = new Set([...OPTIONAL, "id", "key_id", "key", "ts"]);
/** Longer ones are no slip of the pen. */
const LONGEST_NAME = 24;
const LONG = 8;
/** Senders use few names: beyond so many somebody makes them up, and none is looked at any more. */
const MOST_NAMES = 1000;
const meant = new Map<string, OptionalField | RequiredField | null>();

type Wire = Readonly<Record<string, unknown>>;
const NONE: readonly OptionalField[] = Object.freeze([]);

/** The optional fields that an event lacks while a name is there that nobody reads, and that is close to theirs or usual for the same. */
export function misspeltFields(wire: Wire): readonly OptionalField[] {
  let found: OptionalField[] | null = null;
  for (const name in wire) {
    if (READ.has(name) || isAbsent(wire[name])) continue;
    const field = fieldMeantBy(name);
    if (field === null || field === "ts" || field === "key" || !isAbsent(wire[field])) continue;
    if (found === null) found = [field];
    else if (!found.includes(field)) found.push(field);
  }
  return found ?? NONE;
}

/** Whether a name that nobody reads probably means what an event must have. */
export function hasUnderOtherName(wire: Wire, field: RequiredField): boolean {
  return Object.keys(wire).some((name) => !READ.has(name) && !isAbsent(wire[name]) && fieldMeantBy(name) === field);
}

const isAbsent = (value: unknown) => value === undefined || value === null;

function fieldMeantBy(name: string): OptionalField | RequiredField | null {
  const known = meant.get(name);
  if (known !== undefined) return known;
  if (name.length > LONGEST_NAME || meant.size >= MOST_NAMES) return null;
  const given = plain(name);
  const field = OPTIONAL.find((one) => plain(one) === given) ?? fieldCalled(given) ?? slipOf(given);
  meant.set(name, field);
  return field;
}

const slipOf = (name: string) => OPTIONAL.find((one) => isSlipOf(name, plain(one))) ?? null;

/** One letter more, less or other (two in a long name), or two of them swapped. */
function isSlipOf(name: string, field: string): boolean {
  return distance(name, field) <= (field.length < LONG ? 1 : 2) || lettersOf(name) === lettersOf(field);
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
const lettersOf = (name: string) => name.split("").toSorted().join("");
