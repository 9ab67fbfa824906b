import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Enough of a log to tell it from every other: some lines, with their times. */
export const HEAD_BYTES = 1024;
/** Packed copies of what was read before. */
const PACKED = /\.(gz|bz2|xz|zst|zip)$/i;

/** A file as it was found: its first bytes and its size. */
export interface FoundFile {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
  readonly head: Buffer;
}

/**
 * The files of what is followed: of a folder all plain ones, of a file itself and what it is called after a rotation (`name.1`, `name-20261127`). What goes
 * away meanwhile is not among them.
 */
export async function scanFiles(path: string): Promise<FoundFile[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const folder = isFolder ? path : dirname(path);
  const base = basename(path);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && !PACKED.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => isFolder || name === base || name.startsWith(`${base}.`) || name.startsWith(`${base}-`));
  const found = await Promise.all(names.map(async (name) => lookAt(join(folder, name))));
  return found.filter((one) => one !== null);
}

async function lookAt(path: string): Promise<FoundFile | null> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const head = Buffer.alloc(HEAD_BYTES);
    const { ino, dev, size } = await handle.stat();
    const { bytesRead } = await handle.read(head, 0, HEAD_BYTES, 0);
    // What was written or emptied between the two: no size is beyond a head that is shorter than it may be.
    const seen = bytesRead < HEAD_BYTES ? Math.min(size, bytesRead) : size;
    return { path, inode: `${dev}:${ino}`, size: seen, head: head.subarray(0, Math.min(bytesRead, seen)) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  } finally {
    await handle?.close();
  }
}
