import { matchesHead } from "./match-generations.js";
import type { Generation } from "./place-file.js";
import type { PackedFile } from "./scan-packed.js";

/** A content that is only in a packed file by now. */
export interface HeldPacked {
  readonly generation: Generation;
  readonly file: PackedFile;
}

/** Packers and copies keep the time of the last line, some of them to the second. */
const SLACK_MS = 2000;

/**
 * Which contents go on in packed files: those that no plain file holds any more, and new ones of which the last line was written since the last look. What
 * was packed before following began is known as done.
 */
export function matchPacked(
  generations: Generation[],
  held: ReadonlySet<Generation>,
  files: readonly PackedFile[],
  {
    now,
    lastLookAt,
    newId,
  }: { readonly now: number; readonly lastLookAt: number | null; readonly newId: () => string },
): readonly HeldPacked[] {
  const found: HeldPacked[] = [];
  for (const file of files) {
    const [known] = generations
      .filter((one) => matchesHead(one, file.head))
      .toSorted((one, other) => other.head.length - one.head.length);
    if (known !== undefined) {
      if (known.isDone === true) known.seenAt = now;
      else if (!held.has(known)) found.push({ generation: known, file });
      continue;
    }
    const isNew = lastLookAt !== null && file.writtenAt > lastLookAt - SLACK_MS;
    const head = file.head.toString("base64");
    const begun = { id: newId(), head, inode: "", offset: 0, sendingTo: 0, historyTo: 0, seenAt: now };
    const generation: Generation = isNew ? begun : { ...begun, isDone: true };
    generations.push(generation);
    if (isNew) found.push({ generation, file });
  }
  return found;
}

/** A content that is gone for so long is in no file that is still to come. */
const GONE_AFTER_MS = 60_000;

/**
 * The contents that are gone with lines that were never read; each is named once. Of the log itself, called `logName`, nobody knows what was written before it
 * went while nobody looked.
 */
export function takeGaps(
  generations: readonly Generation[],
  held: ReadonlySet<Generation>,
  now: number,
  logName: string | null,
): readonly Generation[] {
  const gone = generations.filter(
    (one) =>
      one.isDone !== true &&
      !held.has(one) &&
      one.seenAt < now - GONE_AFTER_MS &&
      ((one.size ?? 0) > one.offset || (logName !== null && one.name === logName)),
  );
  for (const one of gone) one.isDone = true;
  return gone;
}
