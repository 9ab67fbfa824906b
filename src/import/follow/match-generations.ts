import { basename } from "node:path";
import type { FoundFile } from "./scan-files.js";
import type { Generation } from "./place-file.js";

/** A content with a file that holds it, read to its end or not. */
export interface Held {
  readonly generation: Generation;
  readonly file: FoundFile;
}

/** Contents of files that are gone are forgotten then: they could only come back as copies. */
const FORGOTTEN_AFTER_MS = 7 * 86_400_000;

/**
 * Which content each file holds, known by how it begins, whatever the file is called by now: a renamed file goes on where it was, a copy goes on where
 * the original was (rotation by copytruncate), and what was emptied begins another. Contents that are new begin as `begin` says.
 */
export function matchGenerations(
  known: readonly Generation[],
  files: readonly FoundFile[],
  now: number,
  begin: (file: FoundFile) => Pick<Generation, "id" | "offset" | "historyTo">,
): { readonly generations: Generation[]; readonly held: readonly Held[] } {
  const generations = known
    .filter(({ seenAt }) => seenAt > now - FORGOTTEN_AFTER_MS)
    .map((one) => Object.assign({}, one));
  const held: Held[] = [];
  for (const file of files) {
    if (file.size === 0) continue;
    const own = generations.find((one) => one.inode === file.inode && isSame(one, file) && file.size >= one.offset);
    // A copy that is being made cannot be told from a new file that begins alike: it can a moment later.
    const isYoung = own === undefined && generations.some((one) => isShorter(one, file));
    if (isYoung) continue;
    const generation = own ?? generations.find((one) => isSame(one, file));
    if (generation === undefined) {
      const { offset, ...rest } = begin(file);
      const head = file.head.toString("base64");
      const begun = {
        ...rest,
        head,
        inode: file.inode,
        offset,
        sendingTo: offset,
        seenAt: now,
        size: file.size,
        name: basename(file.path),
      };
      generations.push(begun);
      held.push({ generation: begun, file });
      continue;
    }
    generation.seenAt = now;
    generation.size = Math.max(file.size, generation.size ?? 0);
    generation.name = basename(file.path);
    if (own !== undefined && file.head.length > headOf(own).length) own.head = file.head.toString("base64");
    held.push({ generation, file });
  }
  return { generations, held };
}

const headOf = ({ head }: Generation) => Buffer.from(head, "base64");

/** Whether the first bytes of a file are those of a content. */
export function matchesHead(generation: Generation, head: Buffer): boolean {
  const known = headOf(generation);
  return head.length >= known.length && head.subarray(0, known.length).equals(known);
}

const isSame = (generation: Generation, { head }: FoundFile) => matchesHead(generation, head);

function isShorter(generation: Generation, { head }: FoundFile): boolean {
  const known = headOf(generation);
  return head.length < known.length && known.subarray(0, head.length).equals(head);
}
