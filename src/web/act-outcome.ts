import { runningText } from "../page/compose/activity-text.js";
import type { Incident } from "../model/incident/incident.js";

/** What became of an act, as the address of the page says it after it. */
export type Said =
  | "acknowledged"
  | "acknowledged-before"
  | "resolved"
  | "judged"
  | "expected"
  | "expected-in-part"
  | "expected-before"
  | "over";

interface Saying {
  /** Whoever makes up an address can make the page say nothing that is not so. */
  readonly isSo: (incident: Incident) => boolean;
  /** `running`: when the last request that it is about was seen, if such requests go on (epoch ms). */
  readonly text: (incident: Incident, running: number | null) => string;
}

const isOver = ({ open }: Incident) => !open;
const isTaken = ({ acknowledgedBy }: Incident) => acknowledgedBy !== null;

const SAYINGS: Readonly<Record<Said, Saying>> = {
  acknowledged: { isSo: isTaken, text: () => "Acknowledged. PagerDuty follows within seconds." },
  "acknowledged-before": {
    isSo: isTaken,
    text: ({ acknowledgedBy }) => `Nothing changed: already acknowledged by ${acknowledgedBy}.`,
  },
  resolved: {
    isSo: isOver,
    text: (_, running) =>
      `Resolved. PagerDuty follows within seconds.${running === null ? "" : ` ${runningText(running)}`}`,
  },
  judged: {
    isSo: ({ verdict }) => verdict !== null,
    text: ({ verdict }) => `Recorded: it was ${verdict === "leak" ? "a leak" : "benign"}. The budget counts it so.`,
  },
  expected: {
    isSo: isOver,
    text: () => "Suppressed: resolved as benign, and what the suppression below covers opens no incident until then.",
  },
  "expected-in-part": {
    isSo: ({ open }) => open,
    text: () =>
      "Suppressed, and still open: the newest finding blames others as well, whom the suppression below does not cover.",
  },
  "expected-before": { isSo: isOver, text: () => "Nothing changed: the same is already suppressed." },
  over: { isSo: isOver, text: () => "Nothing changed: it is already resolved." },
};

/** What a page says of the act before it, or null. */
export function sayingOf(said: string | undefined, incident: Incident, running: number | null): string | null {
  const saying = Object.hasOwn(SAYINGS, said ?? "") ? SAYINGS[said as Said] : null;
  return saying?.isSo(incident) === true ? saying.text(incident, running) : null;
}
