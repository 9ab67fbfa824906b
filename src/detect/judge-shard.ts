import { spell, type CoverageProblem } from "./coverage-problem.js";

/** A ClickHouse server, one of several, that does not answer. */
export interface AwayShard {
  /** Its place in CLICKHOUSE_URL, from 1, and how many there are. */
  readonly number: number;
  readonly of: number;
  /** Epoch ms. */
  readonly since: number;
}

/** A restart takes less. */
const SHARD_MS = 60_000;

/** What its absence at an instant (epoch ms) keeps from being seen. */
export function judgeShard({ number, of, since }: AwayShard, now: number): CoverageProblem[] {
  if (now - since < SHARD_MS) return [];
  return [
    {
      cause: "coverage",
      subject: { kind: "part", part: `clickhouse-${number}` },
      severity: "critical",
      since,
      summary: `Blind in part: ClickHouse server ${number} of ${of} has not answered for ${spell(now - since)}; its keys are not watched`,
      whatToDo:
        "Restore that server: CLICKHOUSE_URL names it in that place. Its events wait in Redis, and what it missed is checked afterwards. Meanwhile groups of keys, and new keys by their peers, are not watched either.",
    },
  ];
}
