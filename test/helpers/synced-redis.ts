import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startRedis, type LocalRedis } from "../../src/local/services/embedded-redis.js";

/** Notes how long Redis's append-only file was when it was last written to disk, in a file of its own. */
const NOTER = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
int fdatasync(int fd) {
  static int (*real)(int);
  static int out = -1;
  char link[64], name[4096];
  struct stat before;
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  name[length < 0 ? 0 : length] = 0;
  if (!strstr(name, ".incr.aof") || fstat(fd, &before)) return real(fd);
  int result = real(fd);
  if (result == 0) {
    if (out < 0) out = open(getenv("SYNCED_LENGTH"), O_WRONLY | O_CREAT, 0600);
    snprintf(link, sizeof link, "%020lld", (long long)before.st_size);
    if (pwrite(out, link, 20, 0) != 20) return -1;
  }
  return result;
}
`;

/** A real Redis whose power can be cut: what it had not written to disk by then is gone. */
export interface SyncedRedis {
  readonly url: string;
  /** How much of its file is on disk now (bytes). */
  syncedLength(): number;
  /** Kills it, cuts its file to a length that was on disk, and starts it again. */
  cutPower(length: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one in a directory of its own. @throws Error where there is no C compiler */
export async function startSyncedRedis(dir: string, durable: "disk" | "memory"): Promise<SyncedRedis> {
  const noted = join(dir, "synced");
  const path = withNoter(dir, noted);
  const start = async (port?: number): Promise<LocalRedis> => {
    const usual = process.env["PATH"];
    process.env["PATH"] = path;
    try {
      return await startRedis({ dataDir: join(dir, "redis"), durable, ...(port === undefined ? {} : { port }) });
    } finally {
      process.env["PATH"] = usual;
    }
  };
  let redis = await start();
  return {
    url: redis.url,
    syncedLength: () => (existsSync(noted) ? Number(readFileSync(noted, "utf8")) : 0),
    async cutPower(length) {
      await redis.kill();
      const files = join(dir, "redis", "appendonlydir");
      const appended = readdirSync(files).filter((name) => name.endsWith(".incr.aof"));
      truncateSync(join(files, appended.at(-1)!), length);
      redis = await start(redis.port);
    },
    stop: async () => redis.kill(),
  };
}

/** A PATH on which redis-server is the one of this machine with the noter in it. */
function withNoter(dir: string, noted: string): string {
  const [source, library, bin] = [join(dir, "noter.c"), join(dir, "noter.so"), join(dir, "bin")];
  writeFileSync(source, NOTER);
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"]);
  const real = execFileSync("/bin/sh", ["-c", "command -v redis-server"], { encoding: "utf8" }).trim();
  mkdirSync(bin);
  const command = `#!/bin/sh\nSYNCED_LENGTH='${noted}' LD_PRELOAD='${library}' exec ${real} "$@"\n`;
  writeFileSync(join(bin, "redis-server"), command);
  chmodSync(join(bin, "redis-server"), 0o755);
  return `${bin}${delimiter}${process.env["PATH"] ?? ""}`;
}
