import assert from "node:assert/strict";

export const esc = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
export const count = (value: number) => value.toLocaleString("en-US");
export const usd = (micros: number) =>
  (micros / 1e6).toLocaleString("en-US", { style: "currency", currency: "USD", minimumFractionDigits: 2 });
export const minute = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
/** A pattern of these texts, one after the other, and of nothing else. */
export const exactly = (...texts: readonly string[]) => new RegExp(texts.map(esc).join(""));
/** An amount that a text names first after some words. */
export function amountIn(text: string, words: RegExp): number {
  const found = new RegExp(`${words.source}\\$?([\\d,.]*\\d)`).exec(text);
  assert.ok(found !== null, `no amount after ${words.source}`);
  return Number(found[1]!.replaceAll(",", ""));
}
export const isNear = (value: number, wanted: number, factor: number) =>
  assert.ok(value > wanted / factor && value < wanted * factor, `${value} is not near ${wanted}`);
export const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
