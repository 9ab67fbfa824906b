import { countText } from "../../text/amounts.js";

/** Lines of a list in a page. */
export const LINES = 5;

/** The lines that fit, and how many of `total` do not: a list that is cut says so. */
export function firstLines(lines: readonly string[], total = lines.length, of = "", most = LINES): string[] {
  const left = total - Math.min(lines.length, most);
  return [...lines.slice(0, most), ...(left > 0 ? [`and ${countText(left)} more${of === "" ? "" : ` ${of}`}`] : [])];
}
