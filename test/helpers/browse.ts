import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { requiredProgram } from "../../src/local/services/required-program.js";

const WIDE = { width: 1440, height: 900 };
const DESK = { width: 1280, height: 800 };
const TABLET = { width: 768, height: 1024 };
const PHONE = { width: 390, height: 844 };
/** At these nothing may be cut off. */
const NARROWER = [DESK, TABLET, PHONE];
/** What does not fit, those tables included that are behind a summary of a figure: wider than the screen, or with text that is cut. */
const CUT_OFF = `(() => {
  const closed = [...document.querySelectorAll("figure details:not([open])")];
  for (const one of closed) one.open = true;
  const width = document.documentElement.scrollWidth;
  const wide = [...document.querySelectorAll(".scroll")].filter((one) => one.scrollWidth > one.clientWidth);
  const cut = [...document.querySelectorAll("main :is(h1, h2, h3, p, td, th, dt, dd, li, summary, button, label)")]
    .filter((one) => one.checkVisibility() && one.closest("thead:not(.sorts), .u-legend, .unseen") === null)
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline");
  for (const one of closed) one.open = false;
  return [
    ...(width > innerWidth ? ["the page, " + width + " px wide"] : []),
    ...wide.map((one) => "the table " + one.ariaLabel),
    ...cut.map((one) => one.tagName + " " + one.textContent.trim().slice(0, 80)),
  ];
})()`;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** So many presses of Tab for each control, and every one was met; a field for date and time has several stops of its own. */
const TABS_PER_CONTROL = 2;
/** The least that is enough for a view with few controls, most of which are such fields. */
const LEAST_TABS = 60;
/** Back over so many controls a list of a screen's height has passed by. */
const TABS_BACK = 40;

/** A page in a real browser, and what it did that it should not. */
export interface Browsing {
  readonly page: Page;
  /** Messages of errors and warnings in the console, and exceptions. */
  readonly complaints: readonly string[];
  /** Requests to any other place than the host. */
  readonly elsewhere: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * Opens the system's Chromium on a host (`http://host:port`).
 * @throws Error saying what to install when there is none
 */
export async function openBrowser(host: string): Promise<Browsing> {
  const executablePath = requiredProgram({
    names: ["chromium", "chromium-browser", "google-chrome"],
    debianPackage: "chromium",
    advice: "the browser tests need Chromium (Debian: apt-get install chromium; macOS: brew install --cask chromium)",
  });
  const browser = await chromium.launch({ executablePath });
  const context = await browser.newContext({ viewport: WIDE, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  const [complaints, elsewhere]: [string[], string[]] = [[], []];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${host}/`)) elsewhere.push(request.url());
  });
  return { page, complaints, elsewhere, close: () => browser.close() };
}

/** What is wrong with the page as it stands, for eyes and hands, light and dark, wide and narrow; TEST_SCREENSHOTS_DIR keeps pictures. */
export async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  await page.evaluate(AXE);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `${name}-${colorScheme}-${WIDE.width}`);
    for (const size of NARROWER) {
      await page.setViewportSize(size);
      const at = `${name}, ${colorScheme}, ${size.width} px`;
      faults.push(...(await cutOff(page)).map((one) => `${at}: cut off: ${one}`));
      if (size !== TABLET) faults.push(...(await violationsOf(page)).map((one) => `${at}: ${one}`));
      await keepPicture(page, `${name}-${colorScheme}-${size.width}`);
    }
    await page.setViewportSize(WIDE);
  }
  return [...faults, ...(await unreachable(page)).map((one) => `${name}: ${one}`)];
}

/** What a change is most likely to break: at a desk by day and on a phone by night, what is cut off and what axe-core objects to; for all of it see {@link faultsOf}. */
export async function glanceAt(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  await page.evaluate(AXE);
  for (const [size, colorScheme] of [
    [DESK, "light"],
    [PHONE, "dark"],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(size);
    const found = [...(await cutOff(page)).map((one) => `cut off: ${one}`), ...(await violationsOf(page))];
    faults.push(...found.map((one) => `${name}, ${colorScheme}, ${size.width} px: ${one}`));
  }
  await page.setViewportSize(WIDE);
  return faults;
}

/** What does not fit into the view as it stands. */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(CUT_OFF);
}

/** Violations of axe-core's rules that are serious or worse. */
async function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`axe.run(document).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + " " + html.slice(0, 200))))`);
}

/** Controls that Tab does not reach, or that do not show that they have the focus, or are behind a bar or a head of a table that stays on the screen. */
async function unreachable(page: Page): Promise<string[]> {
  const count = await page.evaluate<number>(`(() => {
    document.activeElement?.blur();
    const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    window.controls = [...all].filter((one) => one.checkVisibility({ visibilityProperty: true }));
    return window.controls.length;
  })()`);
  const [met, dim, hidden] = [new Set<number>(), new Set<number>(), new Set<number>()];
  const most = Math.max(LEAST_TABS, TABS_PER_CONTROL * count);
  for (let presses = 0; met.size < count && presses < most; presses += 1) {
    await page.keyboard.press("Tab");
    const [index, isShown, isBehind] = await focusOf(page);
    if (index < 0) continue;
    met.add(index);
    if (isBehind) hidden.add(index);
    if (!isShown) dim.add(index);
  }
  // The other way the view scrolls up, under what stays at its top.
  for (let presses = 0; presses < Math.min(count, TABS_BACK); presses += 1) {
    await page.keyboard.press("Shift+Tab");
    const [index, , isBehind] = await focusOf(page);
    if (index >= 0 && isBehind) hidden.add(index);
  }
  const htmlOf = async (index: number) => page.evaluate<string>(`window.controls[${index}].outerHTML.slice(0, 120)`);
  const missed = Array.from({ length: count }, (_, index) => index).filter((index) => !met.has(index));
  return [
    ...(await Promise.all(missed.map(async (index) => `Tab does not reach ${await htmlOf(index)}`))),
    ...(await Promise.all([...hidden].map(async (index) => `behind what stays on the screen: ${await htmlOf(index)}`))),
    ...(await Promise.all([...dim].map(async (index) => `no visible focus on ${await htmlOf(index)}`))),
  ];
}

/** Which of `window.controls` has the focus (-1: none of them), whether that shows, and whether it is behind what stays at the top of the screen. */
async function focusOf(page: Page): Promise<[number, boolean, boolean]> {
  return page.evaluate<[number, boolean, boolean]>(`(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const { left, top, width, height } = [...one.getClientRects()][0] ?? one.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    const bar = above?.closest(".acts, thead");
    return [
      window.controls.indexOf(one),
      style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      bar !== null && bar !== undefined && !bar.contains(one) && getComputedStyle(above.closest("th") ?? bar).position === "sticky",
    ];
  })()`);
}

/** Keeps a picture of all of the view in TEST_SCREENSHOTS_DIR, where that is set. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const dir = process.env["TEST_SCREENSHOTS_DIR"];
  if (dir !== undefined) await page.screenshot({ path: join(dir, `${name}.png`), fullPage: true });
}
