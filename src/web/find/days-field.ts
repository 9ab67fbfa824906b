import { DAY_MS } from "../../time/day.js";
import type { Span } from "../../store/view/key-history.js";
import type { Asked } from "./asked.js";

const DAYS = ["1", "7", "28"] as const;
/** A field to choose how far back a list reaches, in days. */
export const daysField = (value: string) => ({ name: "days", label: "Last days", value, options: DAYS });

/** What it says: so many days before an instant (epoch ms), seven unless somebody says otherwise. */
export function askedDays(asked: Asked, now: number): { readonly days: string; readonly span: Span } {
  const days = asked.oneOf("days", DAYS) || "7";
  return { days, span: { from: now - Number(days) * DAY_MS, to: now } };
}
