import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { matchGenerations, type Held } from "./match-generations.js";
import { matchPacked, takeGaps, type HeldPacked } from "./match-packed.js";
import { PackedReader } from "./packed-reader.js";
import { readPlaces, writePlaces, type Generation, type Places } from "./place-file.js";
import { readLinesAt } from "./read-lines-at.js";
import { readPackedLinesAt } from "./read-packed-lines-at.js";
import { scanFiles, type FoundFile } from "./scan-files.js";
import { PackedScan } from "./scan-packed.js";

export interface FollowOptions {
  /** A file, which need not be there yet, or a folder of them. */
  readonly path: string;
  readonly placeFile: string;
  /** Between two looks when there was nothing new. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Whole lines of a log, under a name that only these bytes of this content have; resolves once they are taken for good. */
  readonly take: (bytes: Buffer, name: string, isHistory: boolean, log: string) => Promise<void>;
  /** Hears of a log that is gone and was not read to its end: so many bytes at least, and when it was seen last, epoch ms. */
  readonly onGap: (bytes: number, seenAt: number) => void;
}

/**
 * Takes every line of a log as it is written, until the signal is aborted. Where each batch ends is on disk before it is sent, and that it was taken
 * after: one that was under way when this process was killed is sent again, the same bytes under the same name.
 * @throws PlaceFileError, what the file system throws, what `take` throws
 */
export async function followFiles(options: FollowOptions): Promise<void> {
  const { path, placeFile, signal } = options;
  const former = await readPlaces(placeFile);
  let places: Places = former ?? { version: 1, generations: [] };
  let isFirst = former === null;
  let isFirstLook = true;
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const newId = () => randomBytes(9).toString("base64url");
  // What was rotated away before anybody followed is not followed: import reads that.
  const begin = ({ path: found, size }: FoundFile) => ({
    id: newId(),
    offset: isFirst && !isFolder && basename(found) !== basename(path) ? size : 0,
    historyTo: isFirst ? size : 0,
  });
  const [packed, reader] = [new PackedScan(), new PackedReader()];
  try {
    while (!signal.aborted) {
      const now = Date.now();
      const lastLookAt = isFirst ? null : Math.max(0, ...places.generations.map(({ seenAt }) => seenAt));
      // The packed ones after the plain ones: what is packed meanwhile is in one of both.
      const { generations, held } = matchGenerations(places.generations, await scanFiles(path), now, begin);
      const inPlain = new Set(held.map(({ generation }) => generation));
      const inPacked = matchPacked(generations, inPlain, await packed.scan(path), { now, lastLookAt, newId });
      const isHeld = new Set([...inPlain, ...inPacked.map(({ generation }) => generation)]);
      const logName = isFirstLook ? basename(path) : null;
      isFirstLook = false;
      for (const { size = 0, offset, seenAt } of takeGaps(generations, isHeld, now, logName))
        options.onGap(size - offset, seenAt);
      places = { version: 1, generations };
      if (isFirst) await writePlaces(placeFile, places);
      isFirst = false;
      let isTaken = false;
      for (const one of inPacked) {
        if (signal.aborted) return;
        isTaken = (await takePacked(one, places, reader, options)) || isTaken;
      }
      for (const one of held.filter(({ file, generation }) => file.size > generation.offset)) {
        if (signal.aborted) return;
        isTaken = (await takeBatch(one, places, options)) || isTaken;
      }
      if (!isTaken) await sleep(options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    reader.close();
  }
}

async function takePacked(
  { generation, file }: HeldPacked,
  places: Places,
  reader: PackedReader,
  options: FollowOptions,
): Promise<boolean> {
  const { offset, sendingTo, size = 0, seenAt } = generation;
  const lines = await readPackedLinesAt(reader, file.path, offset, sendingTo > offset ? sendingTo : null);
  if (lines !== "end" && lines !== "damaged") {
    await takeLines(generation, lines, places, options);
    return true;
  }
  generation.isDone = true;
  if (lines === "damaged") options.onGap(Math.max(0, size - offset), seenAt);
  await writePlaces(options.placeFile, places);
  return true;
}

async function takeBatch(held: Held, places: Places, options: FollowOptions): Promise<boolean> {
  const { generation } = held;
  const { offset, sendingTo } = generation;
  const lines = await readLinesAt(held, sendingTo > offset ? sendingTo : null);
  if (lines === null) return false;
  await takeLines(generation, lines, places, options);
  return true;
}

async function takeLines(
  generation: Generation,
  lines: { readonly bytes: Buffer; readonly end: number },
  places: Places,
  { placeFile, take }: FollowOptions,
): Promise<void> {
  const { id, offset, historyTo } = generation;
  generation.sendingTo = lines.end;
  await writePlaces(placeFile, places);
  await take(lines.bytes, `follow-${id}-${offset}-${lines.end}`, offset < historyTo, id);
  generation.offset = lines.end;
  await writePlaces(placeFile, places);
}
