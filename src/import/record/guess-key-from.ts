import type { KeyFrom } from "./key-from.js";
import type { LogFormat, ParseOptions } from "./log-format.js";
import { readLog } from "./read-log.js";

/** In this order: who was authenticated is closer to a key than where they were. */
const STAND_INS: readonly KeyFrom[] = [{ kind: "user" }, { kind: "ip" }];

/** What would name the keys of a log that names none, by the records that it begins with: null where most name theirs, or nothing does better. */
export async function guessKeyFrom(format: LogFormat, begin: string, options: ParseOptions): Promise<KeyFrom | null> {
  for (const keyFrom of [null, ...STAND_INS]) {
    if (await namesMost(format, begin, { ...options, keyFrom, note: () => undefined })) return keyFrom;
  }
  return null;
}

async function namesMost(format: LogFormat, begin: string, options: ParseOptions): Promise<boolean> {
  const pieces = async function* (): AsyncGenerator<string> {
    yield begin;
  };
  let [named, nameless] = [0, 0];
  for await (const record of readLog(format, options, "", pieces())) {
    if ("event" in record) named += 1;
    else if (record.rejected === "no_key" || record.rejected === "key_redacted") nameless += 1;
  }
  return named > nameless;
}
