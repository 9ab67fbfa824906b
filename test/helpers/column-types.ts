import { z } from "zod";

const NUMBER = /^(U?Int(8|16|32|64|128|256)|Float(32|64))$/;
const TEXT = /^(String|FixedString|Date|DateTime|DateTime64|IPv6)\b/;
const INSTANT = Date.parse("2026-03-08T12:00:00Z");

type Fits = (type: string, schema: z.core.$ZodType) => boolean;

/** Whether a schema says what our client makes of a column of a type. */
export const isGiven: Fits = (type, schema) =>
  within(type, schema, (basic, one) => {
    if (one instanceof z.ZodNumber) return NUMBER.test(basic);
    if (one instanceof z.ZodBoolean) return basic === "Bool";
    return one instanceof z.ZodString && TEXT.test(basic);
  });

/** Whether a schema says what our client takes for a parameter of a type: instants are seconds, or dates where they are finer. */
export const isAsked: Fits = (type, schema) =>
  within(type, schema, (basic, one) => {
    if (one instanceof z.ZodNumber) return NUMBER.test(basic) || basic === "DateTime('UTC')";
    if (one instanceof z.ZodBoolean) return basic === "Bool";
    if (one instanceof z.ZodDate) return basic === "DateTime64(3, 'UTC')";
    return one instanceof z.ZodString && /^(String|Date|IPv6)$/.test(basic);
  });

/** Whether a schema says what BinaryRows reads of a column of a type. */
export const isBinary: Fits = (type, schema) => {
  if (schema instanceof z.ZodArray) return type === "Array(Float64)";
  return schema instanceof z.ZodNumber ? /^U?Int8$/.test(type) : type === "String";
};

/** The types of the values that a column holds, in lists and tuples too. */
export function basicTypes(type: string): string[] {
  const { outer, inner } = outerOf(type);
  if (outer === "Tuple") return partsOf(inner).flatMap(basicTypes);
  if (outer === "SimpleAggregateFunction") return partsOf(inner).slice(-1).flatMap(basicTypes);
  return ["Array", "Nullable", "LowCardinality"].includes(outer) ? basicTypes(inner) : [type];
}

/** A value for a parameter of a type. */
export function typicalValue(type: string): unknown {
  const { outer, inner } = outerOf(type);
  if (outer === "Array") return [typicalValue(inner)];
  if (outer === "DateTime64") return new Date(INSTANT);
  if (outer === "DateTime") return INSTANT / 1000;
  return NUMBER.test(type) ? 1 : { String: "10.0.0.0/8", IPv6: "::1", Date: "2026-03-08", Bool: true }[type];
}

function within(type: string, schema: z.core.$ZodType, isBasic: Fits): boolean {
  const { outer, inner } = outerOf(type);
  if (outer === "LowCardinality") return within(inner, schema, isBasic);
  if (outer === "SimpleAggregateFunction") return within(partsOf(inner).at(-1)!, schema, isBasic);
  if (schema instanceof z.ZodReadonly) return within(type, schema.unwrap(), isBasic);
  if (schema instanceof z.ZodNullable) return outer === "Nullable" && within(inner, schema.unwrap(), isBasic);
  if (schema instanceof z.ZodArray) return outer === "Array" && within(inner, schema.element, isBasic);
  if (schema instanceof z.ZodTuple) {
    const [types, items] = [outer === "Tuple" ? partsOf(inner) : [], schema.def.items];
    return types.length === items.length && items.every((item, i) => within(types[i]!, item, isBasic));
  }
  if (schema instanceof z.ZodEnum) return type === "String" || hasNames(type, schema.options.map(String));
  // A comparison.
  if (schema instanceof z.ZodLiteral) return type === "UInt8" && String([...schema.values]) === "0,1";
  return isBasic(type, schema);
}

function outerOf(type: string): { readonly outer: string; readonly inner: string } {
  const [, outer = "", inner = ""] = /^(\w+)\((.*)\)$/.exec(type) ?? [];
  return { outer, inner };
}

/** Whether an Enum has these names and no other. */
function hasNames(type: string, names: readonly string[]): boolean {
  const own = new Set([...type.matchAll(/'([^']*)' = /g)].map(([, name = ""]) => name));
  return own.size === names.length && names.every((name) => own.has(name));
}

/** What stands between the commas of a type; in a Tuple there may be a name before each. */
function partsOf(inner: string): string[] {
  return inner.split(/,(?![^(]*\))/).map((part) => part.trim().replace(/^\w+ /, ""));
}
