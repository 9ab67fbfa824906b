import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { followFiles } from "../../src/import/follow/follow-files.js";
import { until } from "./until.js";

/** As gzip does it: with the time of the plain file. */
export function pack(path: string): void {
  const { atime, mtime, size } = statSync(path);
  if (size > 0) {
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    utimesSync(`${path}.gz`, atime, mtime);
  }
  rmSync(path);
}

/** A log, and what takes its lines as ingest does: each name once, and always with the same bytes. */
export function openStory(t: { after: (work: () => void) => void }) {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-follow-unit-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const log = join(dir, "access.log");
  const taken = new Map<string, string>();
  const history = new Set<string>();
  let crash: "before" | "after" | null = null;
  let run: { readonly stop: AbortController; readonly ended: Promise<unknown> } | null = null;
  const take = async (bytes: Buffer, name: string, isHistory: boolean) => {
    if (crash === "before") throw new Error("killed");
    const text = bytes.toString();
    assert.equal(taken.get(name) ?? text, text, "a name is that of the same bytes");
    taken.set(name, text);
    if (isHistory) history.add(name);
    if (crash === "after") throw new Error("killed");
  };
  const placeFile = join(dir, "state/place.json");
  const gaps: number[] = [];
  const onGap = (bytes: number) => void gaps.push(bytes);
  return {
    log,
    placeFile,
    gaps,
    lines: () => [...taken.values()].join("").split("\n").slice(0, -1),
    historyLines: () => [...history].flatMap((name) => taken.get(name)!.split("\n").slice(0, -1)),
    async crash(when: "before" | "after") {
      crash = when;
      // Where there is nothing to take it does not come to it.
      await Promise.race([run?.ended, until("it had the time", () => true)]);
      run?.stop.abort();
      await run?.ended;
      crash = null;
    },
    start() {
      const stop = new AbortController();
      const options = { path: log, placeFile, pollMs: 1, signal: stop.signal, take, onGap };
      run = { stop, ended: followFiles(options).catch((error: unknown) => assert.match(String(error), /killed/)) };
    },
    async stop() {
      run?.stop.abort();
      await run?.ended;
    },
  };
}
