import { readFileSync, statSync } from "node:fs";

const LOOK_EVERY_MS = 5_000;

/** A file's content that follows the file. */
export interface WatchedFile<Content> {
  readonly current: () => Content;
  readonly close: () => void;
}

export interface FileWatch<Content> {
  /** Throws when the text cannot be used. */
  readonly parse: (text: string) => Content;
  /** A changed file that cannot be used: what was there before stays. Told once for each problem. */
  readonly onProblem: (problem: string) => void;
  readonly everyMs?: number;
}

/**
 * Reads a file now and again whenever it changes, within seconds. Does not keep the process alive.
 * @throws Error naming the file and the problem when its first version cannot be used.
 */
export function watchFile<Content>(path: string, watch: FileWatch<Content>): WatchedFile<Content> {
  let stamp = stampOf(path);
  let content = readAs(path, watch.parse);
  let told = "";
  const look = () => {
    const next = stampOf(path);
    if (next === stamp) return;
    try {
      content = readAs(path, watch.parse);
      // Changed again while it was read: the next look sees that.
      stamp = next;
      told = "";
    } catch (error) {
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

/** What changes with every version of a file, also when it is replaced. */
function stampOf(path: string): string {
  try {
    const { mtimeMs, ctimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
  } catch {
    return "unreadable";
  }
}
