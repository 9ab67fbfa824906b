import { SingleBar } from "cli-progress";
import type { KeyVersion } from "../model/key/key.js";
import { ALL_KEYS } from "../model/key/rules-of-keys.js";
import { tryRules, type RuleTrial, type TrialReport } from "../pipeline/check/rules/trial/try-rules.js";
import type { Store } from "../store/store.js";
import { oneLine, printTable } from "./print-table.js";

/** Names beyond these are counted. */
const MAX_NAMED = 5;

/** Of less than a week nobody can say what is usual in one. */
const LEAST_DAYS_FOR_RATE = 7;

const COLUMNS = [
  { title: "RULE" },
  { title: "ENTRIES" },
  { title: "KEYS", right: true },
  { title: "INCIDENTS", right: true },
  { title: "PAGES", right: true },
  { title: "NOTICES", right: true },
  { title: "PAGES/WEEK", right: true },
  { title: "FIRST" },
  { title: "LAST" },
];

/** Tries the rules of new versions of keys on the days before `now` (epoch ms), with progress where stderr is a terminal. */
export async function runTrial(
  store: Store,
  versions: readonly KeyVersion[],
  onFile: readonly KeyVersion[],
  now: number,
  days: number,
): Promise<TrialReport> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: "trying rules {bar} {percentage}%", stream: process.stderr, clearOnComplete: true })
    : undefined;
  bar?.start(1, 0);
  try {
    return await tryRules(store, versions, onFile, { now, days, onProgress: (share) => bar?.update(share) });
  } finally {
    bar?.stop();
  }
}

/** What rules would have told, as a table and sentences; "" when nothing is switched on. */
export function printTrial(report: TrialReport): string {
  if (report.trials.length === 0) return "";
  const sentences = report.trials.flatMap(sentencesOf);
  if (report.observedMinutes === 0) {
    const names = namesText(report.trials.map(nameOf));
    const sentence = `not tried, as no source was reporting in the last ${report.days} days: ${names}`;
    return [oneLine(sentence), ...sentences, ""].join("\n");
  }
  return [
    `What these rules would have fired on in the last ${report.days} days, of which ${report.observedDays} ${report.observedDays === 1 ? "has" : "have"} data (every minute with data was judged, as a live check would):`,
    printTable(
      COLUMNS,
      report.trials.map((trial) => toCells(trial, report)),
    ),
    ...sentences,
    "",
  ].join("\n");
}

/** The same for programs. */
export function trialToJson(report: TrialReport) {
  return {
    days: report.days,
    observed_days: report.observedDays,
    observed_minutes: report.observedMinutes,
    rules: report.trials.map((trial) => ({
      cause: trial.cause,
      rule: trial.rule,
      entries: trial.entries,
      keys: trial.keys,
      incidents: trial.counts.incidents,
      pages: trial.counts.pages,
      notices: trial.counts.notices,
      first_at: toText(trial.firstAt),
      last_at: toText(trial.lastAt),
      not_evaluated: trial.notEvaluated,
    })),
  };
}

function toCells(trial: RuleTrial, { observedDays }: TrialReport): string[] {
  const { incidents, pages, notices } = trial.counts;
  const minute = (at: number | null) => toText(at)?.slice(0, 16).replace("T", " ") ?? "never";
  return [
    nameOf(trial),
    trial.entries.includes(ALL_KEYS) ? "all keys" : namesText(trial.entries),
    String(trial.keys.length),
    String(incidents),
    String(pages),
    String(notices),
    observedDays < LEAST_DAYS_FOR_RATE ? "-" : ((pages * 7) / observedDays).toFixed(1),
    minute(trial.firstAt),
    minute(trial.lastAt),
  ];
}

function sentencesOf(trial: RuleTrial): string[] {
  const fired = trial.keys.length === 0 ? [] : [`${nameOf(trial)}: fired on ${namesText(trial.keys)}`];
  const silent = trial.notEvaluated.map(
    ({ reason, keys }) => `${nameOf(trial)}: not evaluated some or all of the time for ${namesText(keys)}: ${reason}`,
  );
  return [...fired, ...silent].map((sentence) => `  ${oneLine(sentence)}`);
}

function nameOf({ cause, rule }: RuleTrial): string {
  return cause === "rule" ? rule : cause;
}

function namesText(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return `${names.slice(0, MAX_NAMED).join(", ")}${more}`;
}

function toText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
