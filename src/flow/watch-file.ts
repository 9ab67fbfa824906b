import { readFileSync, statSync } from "node:fs";

const LOOK_EVERY_MS = 5_000;
/** A file that is being replaced, or a volume that is mounted again, is away for moments; what is away for longer was taken away. */
const GONE_MS = 30_000;

/** A file's content that follows the file. */
export interface WatchedFile<Content> {
  readonly current: () => Content;
  readonly close: () => void;
}

export interface FileWatch<Content> {
  /** Throws when the text cannot be used. */
  readonly parse: (text: string) => Content;
  /** A changed file that cannot be used. Told once for each problem. */
  readonly onProblem: (problem: string) => void;
  /** What counts while a file cannot be used, for what lets somebody in: at once, or after half a minute without it. Else what was there before stays. */
  readonly whenUnusable?: Content;
  readonly everyMs?: number;
  readonly goneMs?: number;
}

/**
 * Reads a file now and again whenever it changes, within seconds. Does not keep the process alive.
 * @throws Error naming the file and the problem when its first version cannot be used.
 */
export function watchFile<Content>(path: string, watch: FileWatch<Content>): WatchedFile<Content> {
  // Null while what counts is not what the file says: then every look reads it.
  let stamp: string | null = stampOf(path);
  let content = readAs(path, watch.parse);
  let failedAt: number | null = null;
  let told = "";
  const look = () => {
    const next = stampOf(path);
    if (next === stamp) return;
    try {
      content = readAs(path, watch.parse);
      // Changed again while it was read: the next look sees that.
      stamp = next;
      failedAt = null;
      told = "";
    } catch (error) {
      stamp = null;
      failedAt ??= performance.now();
      const isOver = next !== GONE || performance.now() - failedAt >= (watch.goneMs ?? GONE_MS);
      if (watch.whenUnusable !== undefined && isOver) content = watch.whenUnusable;
      const { message } = error as Error;
      if (message !== told) watch.onProblem(message);
      told = message;
    }
  };
  const timer = setInterval(look, watch.everyMs ?? LOOK_EVERY_MS);
  timer.unref();
  return { current: () => content, close: () => clearInterval(timer) };
}

function readAs<Content>(path: string, parse: (text: string) => Content): Content {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}`, {
      cause: error,
    });
  }
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${path} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

const GONE = "gone";

/** What changes with every version of a file, also when it is replaced. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return GONE;
  }
}
