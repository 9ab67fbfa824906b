import { bareKey } from "./bare-key.js";

const SHORTEST_RAW_KEY = 8;
/** A header or an address has few words; of a longer text the longest count. */
const MOST = 16;

/** What may be the raw key in a text that somebody pasted: all of it, and its words, as they stand in a header (`Authorization: Bearer …`), a command or an address. */
export function pastedKeys(text: string): readonly string[] {
  // Padding of base64 belongs to a key, the = of a query does not: both readings are looked at.
  const words = [...text.split(/[\s"'`,;<>]+/), ...text.split(/[\s"'`,;<>=:?&#]+/)];
  const longest = words.filter((word) => word.length >= SHORTEST_RAW_KEY).toSorted((a, b) => b.length - a.length);
  const whole = bareKey(text);
  return [...new Set([...(whole.length >= SHORTEST_RAW_KEY ? [whole] : []), ...longest.slice(0, MOST)])];
}
