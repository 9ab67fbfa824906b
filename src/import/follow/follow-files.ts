import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { matchGenerations, type Held } from "./match-generations.js";
import { readPlaces, writePlaces, type Generation, type Places } from "./place-file.js";
import { readLinesAt } from "./read-lines-at.js";
import { scanFiles, type FoundFile } from "./scan-files.js";

export interface FollowOptions {
  /** A file, which need not be there yet, or a folder of them. */
  readonly path: string;
  readonly placeFile: string;
  /** Between two looks when there was nothing new. */
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Whole lines, under a name that only these bytes of this content have; resolves once they are taken for good. */
  readonly take: (bytes: Buffer, name: string, isHistory: boolean) => Promise<void>;
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
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  // What was rotated away before anybody followed is not followed: import reads that.
  const begin = ({ path: found, size }: FoundFile) => ({
    id: randomBytes(9).toString("base64url"),
    offset: isFirst && !isFolder && basename(found) !== basename(path) ? size : 0,
    historyTo: isFirst ? size : 0,
  });
  while (!signal.aborted) {
    const { generations, held } = matchGenerations(places.generations, await scanFiles(path), Date.now(), begin);
    places = { version: 1, generations: [...generations] };
    if (isFirst) await writePlaces(placeFile, places);
    isFirst = false;
    let isTaken = false;
    for (const one of held) {
      if (signal.aborted) return;
      isTaken = (await takeBatch(one, places, options)) || isTaken;
    }
    if (!isTaken) await sleep(options.pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function takeBatch(held: Held, places: Places, { placeFile, take }: FollowOptions): Promise<boolean> {
  const generation: Generation = held.generation;
  const { id, offset, sendingTo, historyTo } = generation;
  const lines = await readLinesAt(held, sendingTo > offset ? sendingTo : null);
  if (lines === null) return false;
  generation.sendingTo = lines.end;
  await writePlaces(placeFile, places);
  await take(lines.bytes, `follow-${id}-${offset}-${lines.end}`, offset < historyTo);
  generation.offset = lines.end;
  await writePlaces(placeFile, places);
  return true;
}
