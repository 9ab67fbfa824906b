import { linesOfReading } from "../import/print-report.js";
import type { ToldPage } from "../pipeline/replay/told-pages.js";
import { countedText, dollarText, requestsText } from "../text/amounts.js";
import { minuteText } from "../text/clock-text.js";
import { refusalsOf } from "./backtest-summary.js";
import { detectabilityToLines } from "./keys-card.js";
import { oneLine, printFields } from "./print-table.js";
import type { Trial, TriedKey } from "./try-report.js";

/** Whole pages fill a screen each. */
const [MOST_PAGES, WHOLE_NOTICES, MOST_NOTICES] = [5, 3, 10];

/** The answer of `try` for people: what was read, what on-call would have got, what would be seen, what not, and what to do. */
export function printTrial(trial: Trial): string {
  const { loaded, told } = trial;
  const span = `${minuteText(loaded.firstAt)} to ${minuteText(loaded.lastAt)}`;
  const every = trial.stepMinutes === 1 ? "" : `, checked every ${trial.stepMinutes} minutes (--step 1m checks each)`;
  return [
    "",
    ...linesOfReading({ ...trial.reading, guessed: {} }),
    ...refusalsOf(loaded),
    `found     ${countedText(trial.keys, "key")}, ${span}${every}`,
    ...section(`would have paged: ${told.pages.length}`, told.pages.slice(0, MOST_PAGES).map(wholePage)),
    ...more(told.pages.length - MOST_PAGES, "page"),
    ...section(`would have been noticed, without a page: ${told.notices.length}`, [
      ...told.notices.slice(0, WHOLE_NOTICES).map(wholePage),
      ...told.notices.slice(WHOLE_NOTICES, MOST_NOTICES).map(lineOf),
    ]),
    ...more(told.notices.length - MOST_NOTICES, "notice"),
    ...section(
      `what would be detected of the keys that ${trial.isByCost ? "cost" : "were used"} most`,
      trial.dearest.map(cardOf),
    ),
    ...section("could not be judged", [trial.gaps.map(({ gap }) => `  - ${gap}`).join("\n")]),
    ...(trial.gaps[0] === undefined ? [] : [`  what would help most: ${trial.gaps[0].fix}`]),
    ...section("to make it permanent", [trial.commands.map((command) => `  ${command}`).join("\n")]),
    "",
    `${countedText(trial.replayed.evaluations, "evaluation")} in ${trial.seconds.toFixed(1)} s; nothing was kept`,
    "",
  ].join("\n");
}

function section(title: string, parts: readonly string[]): string[] {
  return ["", title, ...parts.filter((part) => part !== "")];
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`  and ${countedText(count, `more ${what}`)}: --json has all`] : [];
}

function lineOf({ at, severity, summary }: ToldPage): string {
  return `  ${minuteText(at)}  ${severity}  ${oneLine(summary)}`;
}

/** As on-call reads it: the line on the telephone, then the details. */
function wholePage(page: ToldPage): string {
  const fields = Object.entries(page.details ?? {}).flatMap(([name, value]) =>
    textsOf(value).map((text, index) => [index === 0 ? name.replaceAll("_", " ") : "", text] as const),
  );
  return [lineOf(page), ...indent(printFields(fields))].join("\n");
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(textOf);
  return [textOf(value)];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function cardOf({ key, card }: TriedKey): string {
  const { keyId, requests, spendMicros } = key;
  const cost = spendMicros > 0 ? `, ${dollarText(spendMicros)}` : "";
  const title = `  ${oneLine(keyId)}: ${requestsText(requests)}${cost}`;
  return [title, ...indent(printFields(detectabilityToLines(card)))].join("\n");
}

function indent(text: string): string[] {
  return text === "" ? [] : text.split("\n").map((line) => `    ${line}`);
}
