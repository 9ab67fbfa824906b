/** A server takes no field of a form that is longer than 128 KiB (`http_max_field_value_size`): lists are cut well before that. */
const LONGEST_CHARACTERS = 60_000;
/** Quotes and a comma around an element; quotes and backslashes in it are escaped. */
const AROUND_ELEMENT = 3;

interface Query {
  readonly query: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Cuts lists that are too long for one parameter into several. Lists of thousands of keys are usual in a large fleet: `{keys:Array(String)}` becomes
 * `arrayConcat({keys_0:Array(String)}, {keys_1:Array(String)})`, and behind IN a question that answers with its elements. From about a megabyte on the list
 * itself would be searched through for every row: 40,000 keys took 25 seconds in place of a tenth.
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
    const list = `\\{${name}:(Array\\([A-Za-z0-9()]+\\))\\}`;
    text = text.replaceAll(new RegExp(`( IN )?${list}`, "g"), (_, isIn: string | undefined, type: string) => {
      const whole = `arrayConcat(${parts.map((__, i) => `{${name}_${i}:${type}}`).join(", ")})`;
      return isIn === undefined ? whole : ` IN (SELECT arrayJoin(${whole}))`;
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
