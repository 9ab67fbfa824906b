import { timeOf } from "./layout.js";
import { html, type Markup } from "./markup.js";

/** How long something lasts (ms), in the largest unit that says enough. */
export function lengthText(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 120) return `${minutes} minute${minutes === 1 ? "" : "s"}`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

/** How long ago something was (ms). */
export function ageText(ms: number): string {
  return ms < 30_000 ? "just now" : `${lengthText(ms)} ago`;
}

/** An instant with how long ago that was at another one (both epoch ms), below it. */
export function timeWithAge(at: number, now: number): Markup {
  return html`${timeOf(at)}
    <div class="aside">${ageText(now - at)}</div>`;
}
