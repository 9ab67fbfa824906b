import { providerSource, type UnreadReport } from "../model/coverage.js";
import { groupBy } from "../model/group-by.js";
import { spell, type CoverageProblem } from "./coverage-problem.js";

/** Reports are asked for every ten minutes: three tries that fail are no hiccup. */
const UNREAD_MS = 30 * 60_000;
/** What nobody asks for any more, such as a provider whose credential was removed, is no problem. */
const ASKED_MS = 25 * 60_000;

/** Providers whose reports cannot be read at an instant (epoch ms), also such that never could be: one problem each, of the same subject as their silence. */
export function judgeUnread(unread: readonly UnreadReport[], now: number): CoverageProblem[] {
  const standing = unread.filter(({ since, lastAt }) => now - since >= UNREAD_MS && now - lastAt < ASKED_MS);
  return [...groupBy(standing, ({ provider }) => provider)].map(([provider, reports]) => {
    const since = Math.min(...reports.map((one) => one.since));
    const names = reports.map(({ report }) => report).join(", ");
    const never = reports.every(({ wasRead }) => !wasRead) ? "never read" : "not read";
    return {
      cause: "coverage",
      subject: { kind: "source", source: providerSource(provider) },
      severity: "error",
      since,
      summary: `Blind to ${providerSource(provider)}: ${names} ${never} for ${spell(now - since)} (${reports[0]!.problem}); keys whose use it reports are not watched by it`,
      whatToDo: `Check the credential of ${provider}, and what it answers: \`plimsoll pull ${provider} --dry-run\`. What was missed is read and judged afterwards.`,
    };
  });
}
