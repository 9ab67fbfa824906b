import type { ExpectedOfKeys } from "./expected-of-keys.js";
import type { Member } from "./members-of-span.js";
import type { NamedSubject } from "./usage-quarters.js";

/** What is known of the keys of an hour besides their usage, in columns, in the order of its usage: every key is looked at at every tick. */
export interface KeyColumns {
  /** Positions by name. */
  readonly positions: ReadonlyMap<string, number>;
  /** Rows of what is expected; -1 where there is no snapshot. */
  readonly rows: Int32Array;
  /** Epoch ms; NaN where there is no snapshot. */
  readonly bornAt: Float64Array;
  readonly spendPerRequest: Float64Array;
  /** Epoch ms; Infinity where there is no snapshot. */
  readonly suspectUntil: Float64Array;
  /** NaN: nobody told. */
  readonly limitPerMinute: Float64Array;
  /** Bits of what is to be heeded besides figures. */
  readonly marks: Uint8Array;
}

/** Seen by another observer too, which judges it. */
export const COVERED = 1;
/** Succeeds a key, or is succeeded. */
export const RELATED = 2;
/** A newer key of its lineage speaks for it in its groups. */
export const SUPERSEDED = 4;

/** Puts what is known of keys into columns. */
export function keyColumns(
  subjects: readonly NamedSubject[],
  members: readonly Member[],
  expected: ExpectedOfKeys,
): KeyColumns {
  const rows = Int32Array.from(subjects, ({ name }) => expected.rowOf(name));
  const { bornAt, spendPerRequest } = expected.columns.of;
  const of = (value: (member: Member) => number) => Float64Array.from(members, value);
  const marks = Uint8Array.from(
    members,
    ({ isCovered, elders, heirs }) => (isCovered ? COVERED : 0) | (elders.length + heirs.length > 0 ? RELATED : 0),
  );
  for (const { elders } of members) for (const elder of elders) marks[elder]! |= SUPERSEDED;
  return {
    positions: new Map(subjects.map(({ name }, i) => [name, i])),
    rows,
    bornAt: Float64Array.from(rows, (row) => (row < 0 ? NaN : bornAt[row]!)),
    spendPerRequest: Float64Array.from(rows, (row) => (row < 0 ? 0 : spendPerRequest[row]!)),
    suspectUntil: Float64Array.from(subjects, ({ name }) => expected.suspectUntil(name)),
    limitPerMinute: of(({ limitPerMinute }) => limitPerMinute ?? NaN),
    marks,
  };
}
