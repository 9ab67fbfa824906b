import { isFields, type Fields } from "../cloudtrail-names.js";

/** What is looked at of a file to recognise its format. */
export interface LogSample {
  /** The first whole lines that are not empty. */
  readonly lines: readonly string[];
  /** The first values of JSON, lists taken apart; none where the file is no JSON. */
  readonly values: readonly Fields[];
}

/** Whether the most of the first records are like this, and at least one: a damaged line does not hide what the file is. */
export function mostAre<One>(all: readonly One[], isSo: (one: One) => boolean): boolean {
  return all.length > 0 && all.filter(isSo).length * 2 > all.length;
}

/** A test for objects that have all of these fields. */
export function withFields(...names: readonly string[]): (value: Fields) => boolean {
  return (value) => names.every((name) => value[name] !== undefined);
}

/** The objects among values, lists taken apart. */
export function objectsIn(values: readonly unknown[]): Fields[] {
  return values.flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value])).filter(isFields);
}
