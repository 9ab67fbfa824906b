import type { Page } from "playwright-core";
import { cutOff, keepPicture } from "./browse.js";

/** As wide as A4 at 96 dots an inch. */
const PAPER = { width: 794, height: 1123 };

/** What is wrong with a view on paper, or for a reader who wants less motion. */
export async function modeFaults(page: Page, name: string): Promise<string[]> {
  const faults = [...(await printFaults(page, name)), ...(await motionFaults(page))];
  return faults.map((one) => `${name}: ${one}`);
}

/** What is wrong with a view on paper, for a reader whose screen is dark: what can be pressed, what is cut off, and what is not printed dark on white. */
async function printFaults(page: Page, name: string): Promise<string[]> {
  const size = page.viewportSize()!;
  await page.setViewportSize(PAPER);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const found = await page.evaluate<string[]>(`(() => {
    const pressed = [...document.querySelectorAll("button, input, select, textarea, form, summary, [data-zone-switch]")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches("details[open] > summary"));
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [
      ...pressed.map((one) => "can be pressed: " + one.outerHTML.slice(0, 100)),
      ...(backgroundColor === "rgb(255, 255, 255)" ? [] : ["the paper is " + backgroundColor]),
      ...(/^rgb\\((\\d\\d?), (\\d\\d?), (\\d\\d?)\\)$/.test(color) ? [] : ["the ink is " + color]),
    ];
  })()`);
  const cut = await cutOff(page);
  await keepPicture(page, `${name}-paper`);
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.setViewportSize(size);
  return [...found, ...cut.map((one) => `cut off: ${one}`)];
}

/** What moves though the reader wants less of that. */
async function motionFaults(page: Page): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const found = await page.evaluate<string[]>(`[
    ...document.getAnimations().map((one) => "an animation: " + one.constructor.name),
    ...[document.documentElement, ...document.querySelectorAll("body *")].flatMap((one) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(one);
      const isStill = /^0s(, 0s)*$/.test(transitionDuration) && animationName === "none" && scrollBehavior === "auto";
      return isStill ? [] : [one.outerHTML.slice(0, 100)];
    }),
  ]`);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  return found;
}

/** What is wrong with the times of a view for a signed-in reader nine hours ahead of UTC, who switches to UTC and back. */
export async function zoneFaults(page: Page): Promise<string[]> {
  const context = await page
    .context()
    .browser()!
    .newContext({ timezoneId: "Asia/Tokyo", storageState: await page.context().storageState() });
  const away = await context.newPage();
  const faults: string[] = [];
  const first = away.locator("main time[datetime]").first();
  const look = async (when: string, isUtc: boolean) => {
    const [text, title, at] = [
      await first.innerText(),
      (await first.getAttribute("title")) ?? "",
      Date.parse((await first.getAttribute("datetime"))!),
    ];
    const ahead = (hours: number) => new Date(at + hours * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const [here, there] = isUtc ? [ahead(0), ahead(9)] : [ahead(9), ahead(0)];
    if (!text.startsWith(here)) faults.push(`${when}: ${text} is not ${here}`);
    if (!title.startsWith(there) || title.includes("UTC") === isUtc)
      faults.push(`${when}: on hover ${title}, not ${there}`);
  };
  const press = async (name: RegExp) => {
    await away.getByRole("button", { name }).focus();
    await away.keyboard.press("Enter");
  };
  await away.goto(page.url());
  await look("at first", false);
  await press(/^Show times in UTC/);
  await look("switched to UTC", true);
  await away.reload();
  await look("loaded again", true);
  await press(/^Show times in /);
  await look("switched back", false);
  await away.reload();
  await look("loaded again after that", false);
  await context.close();
  return faults;
}
