import type { Fields } from "../cloudtrail-names.js";
import { fieldsOf } from "./log-values.js";

/** A header that came more often is an attack. */
const MOST_VALUES = 16;

/** The attributes of OTLP JSON by their names: texts, numbers, and lists of texts, as headers are recorded. */
export function attributesOf(list: unknown): Fields {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const one of listOf(list)) {
    const { key, value } = fieldsOf(one);
    if (typeof key === "string") found[key] = valueOf(value);
  }
  return found;
}

/** The items of a list, none where it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function valueOf(value: unknown): unknown {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue } = fieldsOf(value);
  const single = stringValue ?? intValue ?? doubleValue ?? boolValue;
  if (single !== undefined || arrayValue === undefined) return single;
  return listOf(fieldsOf(arrayValue)["values"])
    .slice(0, MOST_VALUES)
    .map((one) => fieldsOf(one)["stringValue"]);
}
