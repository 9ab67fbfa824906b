import { readFileSync } from "node:fs";
import type { Redis } from "ioredis";
import { ownFile } from "../../own-files.js";

type Given = string | number | Buffer;
type Answer = readonly [number, ...string[]];

/** The scripts of the buffer as commands of a client; what each is given and answers stands in its `.lua` file. They throw what Redis throws. */
export interface BufferScripts {
  readonly commitGroup: (name: string, repeats: string, ...given: readonly Given[]) => Promise<Answer>;
  readonly sealBlocks: (name: string, ...given: readonly Given[]) => Promise<Answer>;
  readonly forgetBlock: (name: string, id: string) => Promise<number>;
  readonly raiseShards: (name: string, shards: number, newId: string) => Promise<number>;
}

const luaOf = (...files: readonly string[]) =>
  files.map((file) => readFileSync(ownFile(`dist/src/store/ingest/${file}.lua`), "utf8")).join("\n");

const SCRIPTS: Readonly<Record<keyof BufferScripts, { readonly numberOfKeys: number; readonly lua: string }>> = {
  commitGroup: { numberOfKeys: 2, lua: luaOf("buffer", "repeats", "commit") },
  sealBlocks: { numberOfKeys: 1, lua: luaOf("buffer", "seal") },
  forgetBlock: { numberOfKeys: 1, lua: luaOf("buffer", "forget") },
  raiseShards: { numberOfKeys: 1, lua: luaOf("buffer", "raise") },
};

/** Teaches a client the scripts: each runs as one step, all of it, or nothing when Redis dies or has no memory for its first write. */
export function withBufferScripts(redis: Redis): Redis & BufferScripts {
  for (const [name, script] of Object.entries(SCRIPTS)) redis.defineCommand(name, script);
  return redis as Redis & BufferScripts;
}
