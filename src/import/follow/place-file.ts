import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";

const generation = z.object({
  /** Names it in idempotency keys. */
  id: z.string(),
  /** The first bytes of it, base64: what is in the file from its beginning on, until it is emptied. */
  head: z.string(),
  /** Where the file was seen last. */
  inode: z.string(),
  /** Bytes that are taken. */
  offset: z.number(),
  /** Where the batch ends that may have been sent; the same as `offset` where none is under way. */
  sendingTo: z.number(),
  /** What stood before this when following began is history. */
  historyTo: z.number(),
  /** Epoch ms. */
  seenAt: z.number(),
  /** Bytes that it had when it was seen last. */
  size: z.number().optional(),
  /** What its file was called then. */
  name: z.string().optional(),
  /** Nothing more comes of it: it was read to its end from a packed file, or is gone. */
  isDone: z.boolean().optional(),
});
const places = z.object({ version: z.literal(1), generations: z.array(generation) });

/** What is known of one content of a log file: a log that is rotated or emptied begins another. */
export type Generation = z.output<typeof generation>;
/** Where a follower is in all that it follows. */
export type Places = z.output<typeof places>;

/** A file of places that cannot be used. */
export class PlaceFileError extends Error {
  override readonly name = "PlaceFileError";
}

/** The places in a file; null when there is none yet. @throws PlaceFileError for a file that holds something else */
export async function readPlaces(file: string): Promise<Places | null> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new PlaceFileError(`${file} cannot be read: ${error.code ?? error.name}`);
  });
  if (text === null) return null;
  try {
    return places.parse(JSON.parse(text));
  } catch {
    throw new PlaceFileError(
      `${file} holds no places of a follower: name another with --state, or remove it to start over`,
    );
  }
}

/** Writes the places so that after a kill or a power cut either the former or these are there. */
export async function writePlaces(file: string, state: Places): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.next`;
  const handle = await open(next, "w", 0o600);
  try {
    await handle.writeFile(JSON.stringify(state));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
