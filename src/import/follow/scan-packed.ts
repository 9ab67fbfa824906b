import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { HEAD_BYTES } from "./scan-files.js";

/** A rotated log that was packed: the first bytes of what is in it. */
export interface PackedFile {
  readonly path: string;
  /** When the log was last written, where the packer keeps that as gzip does; epoch ms. */
  readonly writtenAt: number;
  readonly head: Buffer;
}

/** Looks at each packed log once in its life, for its head. */
export class PackedScan {
  readonly #looked = new Map<string, PackedFile | null>();

  /** The gzip files beside what is followed, by its name; what cannot be unpacked is not among them. */
  async scan(path: string): Promise<PackedFile[]> {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const folder = isFolder ? path : dirname(path);
    const base = basename(path);
    const names = (await readdir(folder)).filter(
      (name) => name.endsWith(".gz") && (isFolder || name.startsWith(`${base}.`) || name.startsWith(`${base}-`)),
    );
    const found = await Promise.all(names.map(async (name) => this.#look(join(folder, name))));
    return found.filter((one) => one !== null);
  }

  async #look(path: string): Promise<PackedFile | null> {
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile()) return null;
    const name = `${found.dev}:${found.ino}:${found.size}`;
    const known = this.#looked.get(name);
    if (known !== undefined) return known === null ? null : { ...known, path };
    const head = await headOf(path);
    const looked = head === null || head.length === 0 ? null : { path, writtenAt: found.mtimeMs, head };
    this.#looked.set(name, looked);
    return looked;
  }
}

async function headOf(path: string): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  const file = createReadStream(path);
  try {
    for await (const piece of file.pipe(createGunzip()) as AsyncIterable<Buffer>) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= HEAD_BYTES) break;
    }
    return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
  } catch {
    return null;
  } finally {
    file.destroy();
  }
}
