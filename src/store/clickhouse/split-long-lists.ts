/** A server takes no field of a form that is longer than 128 KiB (`http_max_field_value_size`): lists are cut well before that. */
const LONGEST_CHARACTERS = 60_000;
/** Quotes and a comma around an element; quotes and backslashes in it are escaped. */
const AROUND_ELEMENT = 3;

interface Query {
  readonly query: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Cuts lists that are too long for one parameter into several: `{keys:Array(String)}` becomes
 * `arrayConcat({keys_0:Array(String)}, {keys_1:Array(String)})`. Lists of thousands of keys are usual in a large fleet.
 */
export function splitLongLists({ query, params }: Query): Query {
  let text = query;
  const split: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) {
    const parts = Array.isArray(value) ? partsOf(value) : [];
    if (parts.length < 2) {
      split[name] = value;
      continue;
    }
    text = text.replaceAll(new RegExp(`\\{${name}:(Array\\([A-Za-z0-9()]+\\))\\}`, "g"), (_, type: string) => {
      return `arrayConcat(${parts.map((__, i) => `{${name}_${i}:${type}}`).join(", ")})`;
    });
    for (const [i, part] of parts.entries()) split[`${name}_${i}`] = part;
  }
  return { query: text, params: split };
}

function partsOf(list: readonly unknown[]): unknown[][] {
  const parts: unknown[][] = [];
  let [part, length] = [[] as unknown[], 0];
  for (const element of list) {
    const own = lengthOf(element);
    if (part.length > 0 && length + own > LONGEST_CHARACTERS) {
      parts.push(part);
      [part, length] = [[], 0];
    }
    part.push(element);
    length += own;
  }
  return [...parts, part];
}

/** Most characters that an element takes, as UTF-8 and with each of its characters escaped. */
function lengthOf(element: unknown): number {
  if (Array.isArray(element)) return AROUND_ELEMENT + element.reduce<number>((sum, one) => sum + lengthOf(one), 0);
  return AROUND_ELEMENT + 2 * Buffer.byteLength(String(element));
}
