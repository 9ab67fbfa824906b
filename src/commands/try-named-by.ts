import { keyFromText, type KeyFrom } from "../import/record/key-from.js";

/** What names a log's keys where most of its records name none, in words, with the very option that says so; `maybe` is a field to think of. */
export function namedByText(keyFrom: KeyFrom, maybe: KeyFrom | null): string {
  const option = `--key-from ${keyFromText(keyFrom)}`;
  if (keyFrom.kind === "header")
    return `${fieldOf(keyFrom)} holds the keys, by their shape: read as with ${option} (choose another with --key-from)`;
  if (keyFrom.kind === "user")
    return "most of the log names no key: each authenticated user stands for a key (choose with --key-from)";
  const hint =
    maybe?.kind === "header"
      ? `; ${fieldOf(maybe)} holds keys or ids of requests: for keys, run again with --key-from ${keyFromText(maybe)}`
      : " (choose with --key-from)";
  return `most of the log names no key and no user: each address stands for a key${hint}`;
}

/** Lines have no names for their fields. */
function fieldOf({ name }: KeyFrom & { readonly kind: "header" }): string {
  return /^\d+$/.test(name) ? `extra field ${name} of each line` : `the field ${name}`;
}
