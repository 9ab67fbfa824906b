import { maskSecrets } from "../../text/secret/secret-shape.js";
import { nearestName } from "../../text/nearest-name.js";
import { keyFields } from "./key-schema.js";

const LONGEST_SHOWN = 40;
const ALL_FIELDS = `; its fields are ${keyFields.join(", ")}`;

/** The name of a field that is none, as far as it can be shown: it may be a raw key. */
export function shownName(name: string): string {
  return name.length > LONGEST_SHOWN || /\s/.test(name) ? "a field" : maskSecrets(name).text;
}

/** What is said of a field that the registry does not have: the one that was meant, or else all that there are. */
export function unknownField(name: string): string {
  const meant = nearestName(name, keyFields);
  return `${shownName(name)}: is not a field of the registry${meant === null ? ALL_FIELDS : `: did you mean ${meant}?`}`;
}

/** Problems with the list of fields in the first that has it only. */
export function listedOnce(problems: readonly string[]): string[] {
  const first = problems.findIndex((problem) => problem.endsWith(ALL_FIELDS));
  return problems.map((problem, index) =>
    index > first && problem.endsWith(ALL_FIELDS) ? problem.slice(0, -ALL_FIELDS.length) : problem,
  );
}
