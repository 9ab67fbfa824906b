import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** How a provider's buckets name log files; what else lies in a folder (digests' signatures, notes) is passed over. */
const LOG_FILE = /\.(json|ndjson|jsonl|log)(\.gz)?$/;

/**
 * The files that the arguments name: a file is taken as it is, a folder gives all log files below it, by name.
 * @throws the file system's error for a path that is not there.
 */
export async function listLogFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) {
      const entries = await readdir(path, { recursive: true });
      const names = entries.filter((name) => LOG_FILE.test(name)).sort();
      files.push(...names.map((name) => join(path, name)));
    } else {
      files.push(path);
    }
  }
  return files;
}
