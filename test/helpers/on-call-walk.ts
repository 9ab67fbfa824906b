import type { Page } from "playwright-core";
import type { OnCallFacts } from "./on-call-facts.js";
import type { OpenConsole } from "./open-console.js";

/** Where the walk of a question is, and how many steps it took: a step is a click, or a form or a search that is filled in and sent with Enter. */
export interface Walk {
  readonly page: Page;
  steps: number;
  /** Follows a link or presses a button. */
  readonly click: (name: string | RegExp, within?: string) => Promise<void>;
  /** Fills in fields of the form on the view, by label, and sends it with Enter. */
  readonly ask: (fields: Readonly<Record<string, string>>) => Promise<void>;
}

/** A question as on-call asks it, the way from the incident's view to its answer, and what the answer says. */
export interface OnCallQuestion {
  readonly number: number;
  readonly question: string;
  /** Nothing to do: the incident's view says it. */
  readonly go?: (walk: Walk, place: AskedPlace) => Promise<void>;
  /** What stands on the view that is reached, with the figures of the story. */
  readonly says: (place: AskedPlace) => readonly RegExp[];
  /** What no text alone can say of it. */
  readonly holds?: (text: string, place: AskedPlace, page: Page) => void | Promise<void>;
}

/** What the questions are asked about, and what is true of it. */
export type AskedPlace = OpenConsole & OnCallFacts;

/** Begins a walk on a page that shows the incident. */
export function beginWalk(page: Page): Walk {
  const walk: Walk = {
    page,
    steps: 0,
    async click(name, within = "main") {
      walk.steps += 1;
      const before = page.url();
      await page
        .locator(within)
        .getByRole("link", { name, exact: typeof name === "string" })
        .first()
        .click();
      await page.waitForURL((url) => url.href !== before);
    },
    async ask(fields) {
      walk.steps += 1;
      for (const [label, value] of Object.entries(fields)) {
        const field = page.locator("main").getByLabel(label, { exact: true }).first();
        if ((await field.evaluate((one) => one.tagName)) === "SELECT") await field.selectOption(value);
        else await field.fill(value);
      }
      const before = page.url();
      await page.locator("main form").first().getByRole("button").first().press("Enter");
      await page.waitForURL((url) => url.href !== before);
    },
  };
  return walk;
}
