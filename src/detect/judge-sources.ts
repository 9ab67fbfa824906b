import { providerOfSource, type LiveSource, type UnreadReport } from "../model/coverage.js";
import { printSubject } from "../model/finding/finding-subject.js";
import { spell, type CoverageProblem } from "./coverage-problem.js";
import { judgeUnread } from "./judge-unread.js";

/** Sources send events or a heartbeat each minute. */
const SILENCE_MS = 5 * 60_000;
/** Of a source that was heard less nobody can say what is usual: it is waited for longer, and for one that somebody only tried not at all. */
const [LEAST_MINUTES, TRIED_MINUTES] = [30, 5];
const NEW_SILENCE_MS = 30 * 60_000;

/** What is known of sources, and of providers as sources. */
interface SourceFacts {
  readonly sources: readonly LiveSource[];
  readonly unread: readonly UnreadReport[];
}

/** Sources that nothing is received of at an instant (epoch ms). A provider that fell silent is the same problem as one that cannot be read: why says more. */
export function judgeSources({ sources, unread }: SourceFacts, now: number): CoverageProblem[] {
  const unreadable = judgeUnread(unread, now);
  const said = new Set(unreadable.map(({ subject }) => printSubject(subject)));
  const silent = sources.flatMap((one) => judgeSource(one, now));
  return [...silent.filter(({ subject }) => !said.has(printSubject(subject))), ...unreadable];
}

function judgeSource(of: LiveSource, now: number): CoverageProblem[] {
  const observed = Math.min(now, Math.max(of.observedUntil, of.ingestedAt));
  const least = of.minutes < LEAST_MINUTES ? NEW_SILENCE_MS : SILENCE_MS;
  const bound = Math.max(least, 2 * of.longestGapMs);
  if (of.minutes < TRIED_MINUTES || now - observed < bound) return [];
  return [
    {
      cause: "coverage",
      subject: { kind: "source", source: of.source },
      severity: "error",
      since: observed,
      summary: `Blind to ${of.source}: silent for ${spell(now - observed)}; keys whose traffic it reports are not watched`,
      whatToDo: adviceOn(of.source),
    },
  ];
}

function adviceOn(source: string): string {
  const provider = providerOfSource(source);
  return provider === null
    ? `Check the sender that uses the ingest token ${source}. If it has nothing to report, have it send an empty POST /v1/events each minute.`
    : `See what it answers: \`plimsoll pull ${provider} --dry-run\`. Its reports are read from where they stopped; what was missed is judged afterwards.`;
}
