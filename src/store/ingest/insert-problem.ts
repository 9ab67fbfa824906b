import { ClickHouseError } from "@clickhouse/client";
import { explainClickHouse } from "../problem/dependency-problem.js";

/**
 * What to do about an insert that failed. `away`: nobody answered, or the answer was lost: again, soon. `overloaded`: parts, memory or disk are used up:
 * again, later. `read_only`: again, later. `poison`: rows that can be read by no one, however often. `setup`: something that people must mend: again, later.
 */
export type InsertVerdict = "away" | "overloaded" | "read_only" | "poison" | "setup";

export interface InsertProblem {
  readonly verdict: InsertVerdict;
  /** ClickHouse's error code, or "" when it did not answer. */
  readonly code: string;
  /** The first words of what it said; no secret is in them. */
  readonly found: string;
}

/** Codes of ClickHouse's ErrorCodes.cpp that say something else than that people must look. */
const VERDICTS: Readonly<Record<InsertVerdict, readonly number[]>> = {
  // TIMEOUT_EXCEEDED, TOO_SLOW, SOCKET_TIMEOUT, NETWORK_ERROR, NO_ZOOKEEPER, ALL_CONNECTION_TRIES_FAILED, UNKNOWN_STATUS_OF_INSERT,
  // QUERY_WAS_CANCELLED, ABORTED, KEEPER_EXCEPTION
  away: [159, 160, 209, 210, 225, 279, 319, 394, 236, 999],
  // CANNOT_ALLOCATE_MEMORY, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, NOT_ENOUGH_SPACE, SERVER_OVERLOADED
  overloaded: [173, 202, 241, 243, 745],
  // READONLY, TABLE_IS_READ_ONLY
  read_only: [164, 242],
  // CANNOT_PARSE_TEXT, CANNOT_PARSE_ESCAPE_SEQUENCE, _QUOTED_STRING, _INPUT_ASSERTION, CANNOT_READ_ALL_DATA, CANNOT_PARSE_DATE, _DATETIME, UNKNOWN_TYPE,
  // TYPE_MISMATCH, SYNTAX_ERROR, ARGUMENT_OUT_OF_BOUND, CANNOT_CONVERT_TYPE, CANNOT_PARSE_NUMBER, INCORRECT_DATA, CANNOT_PARSE_UUID,
  // TOO_LARGE_STRING_SIZE, VALUE_IS_OUT_OF_RANGE..., CANNOT_INSERT_NULL..., ZLIB_INFLATE_FAILED, CANNOT_PARSE_IPV4, _IPV6, UNKNOWN_ELEMENT_OF_ENUM
  poison: [6, 25, 26, 27, 33, 38, 41, 50, 53, 62, 69, 70, 72, 117, 131, 321, 349, 354, 376, 675, 676, 691],
  setup: [],
};

/** TOO_MANY_PARTS says two things under one code: merges are behind, or one insert touches too many partitions, which no waiting mends. */
const TOO_MANY_PARTS = "252";

/** INCORRECT_DATA of a column that this version does not write: a newer one did, and can record it. Only kept from it for now, it must not be taken for poison. */
const COLUMN_OF_ANOTHER_VERSION = /\bunknown column with name \w+ found\b/i;

/** What a failed insert means, by ClickHouse's error code. @throws the error itself when it is none of an insert. */
export function judgeInsertError(error: unknown): InsertProblem {
  const problem = explainClickHouse(error);
  if (problem === undefined) throw error;
  if (!(error instanceof ClickHouseError)) return { verdict: "away", code: "", found: problem.found };
  const { code, message } = error;
  const byCode = Object.entries(VERDICTS).find(([, codes]) => codes.includes(Number(code)))?.[0] as
    | InsertVerdict
    | undefined;
  const tooManyParts = code === TOO_MANY_PARTS && !/too many partitions/i.test(message) ? "overloaded" : undefined;
  const anotherVersion = COLUMN_OF_ANOTHER_VERSION.test(message) ? "setup" : undefined;
  return { verdict: tooManyParts ?? anotherVersion ?? byCode ?? "setup", code, found: problem.found };
}

const WAITS: Readonly<Record<InsertVerdict, readonly [firstMs: number, mostMs: number]>> = {
  away: [250, 5000],
  overloaded: [2000, 30_000],
  read_only: [2000, 15_000],
  poison: [2000, 30_000],
  setup: [2000, 15_000],
};

/** Milliseconds to wait before try number `tries + 1`: twice as long each time up to a bound, half of it by `chance` in [0, 1). */
export function waitAfter(verdict: InsertVerdict, tries: number, chance: number): number {
  const [firstMs, mostMs] = WAITS[verdict];
  return Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 20)) * (0.5 + chance / 2);
}
