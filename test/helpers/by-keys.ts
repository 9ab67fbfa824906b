import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** So many presses of Tab lead past every control of a view. */
const MOST_TABS = 250;

/** What has the focus: its text or name, where it leads, and whether it shows that it has it and is in sight. */
interface Stop {
  readonly text: string;
  readonly href: string;
  readonly tag: string;
  readonly isShown: boolean;
}

const FOCUSED = `(() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const name = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  const { top, bottom, width } = one.getBoundingClientRect();
  return {
    text: name.replaceAll(/\\\\s+/g, " ").trim(),
    href: one.getAttribute("href") ?? "",
    tag: one.tagName + (one.form ? " of " + (one.form.getAttribute("aria-label") ?? "") : ""),
    isShown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && width > 0 && bottom > 0 && top < innerHeight,
  };
})()`.replaceAll("\\\\", "\\");

/** Somebody with a keyboard and nothing else; each stop of the focus has to show. */
export interface ByKeys {
  /** Presses Tab until something has the focus that fits, and says how often. */
  tabTo(what: string, fits: (stop: Stop) => boolean): Promise<number>;
  press(...keys: readonly string[]): Promise<void>;
  /** Types over what a field holds. */
  type(text: string): Promise<void>;
  focused(): Promise<Stop>;
}

/** Hands for a page. */
export function byKeys(page: Page): ByKeys {
  const focused = async () => page.evaluate<Stop>(FOCUSED);
  return {
    focused,
    async tabTo(what, fits) {
      const met: string[] = [];
      for (let presses = 1; presses <= MOST_TABS; presses += 1) {
        await page.keyboard.press("Tab");
        const stop = await focused();
        if (stop.tag === "BODY") continue;
        assert.ok(stop.isShown, `the focus does not show on ${stop.tag} ${stop.text}, on the way to ${what}`);
        if (fits(stop)) return presses;
        met.push(`${stop.tag} ${stop.text.slice(0, 40)}`);
      }
      throw new Error(`Tab does not reach ${what}: it met ${[...new Set(met)].join("; ")}`);
    },
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async type(text) {
      await page.keyboard.press("Control+A");
      await page.keyboard.type(text);
    },
  };
}
