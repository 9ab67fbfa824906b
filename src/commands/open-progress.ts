import { SingleBar } from "cli-progress";

/** How far something is: a bar on standard error for somebody who looks at it, else a line now and then. */
export interface Progress {
  readonly at: (value: number) => void;
  /** May be called again. */
  readonly end: () => void;
}

/** Where progress goes, and by what clock (milliseconds). */
export interface ProgressTo {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly now: () => number;
}

/** What ends before the first line needs none; later a log is not filled with them. */
const [FIRST_LINE_MS, NEXT_LINE_MS] = [10_000, 30_000];
const STANDARD: ProgressTo = { stream: process.stderr, now: () => performance.now() };

/** Opens what goes to `total`; null when the end is not known: then it counts bytes. */
export function openProgress(title: string, total: number | null, to = STANDARD): Progress {
  if (to.stream.isTTY !== true) return linesOf(title, total, to);
  const format = total === null ? `${title} {value} bytes` : `${title} {bar} {percentage} % | {eta_formatted}`;
  const bar = new SingleBar({ format, stream: to.stream, clearOnComplete: true, etaBuffer: 50 });
  bar.start(Math.max(total ?? 1, 1), 0);
  return { at: (value) => bar.update(Math.max(0, Math.round(value))), end: () => bar.stop() };
}

function linesOf(title: string, total: number | null, { stream, now }: ProgressTo): Progress {
  const startedAt = now();
  let nextAt = startedAt + FIRST_LINE_MS;
  const at = (value: number) => {
    const time = now();
    if (time < nextAt) return;
    nextAt = time + NEXT_LINE_MS;
    stream.write(`${title}: ${total === null ? `${value} bytes` : percentText(value / total, time - startedAt)}\n`);
  };
  return { at, end: () => undefined };
}

function percentText(given: number, elapsedMs: number): string {
  const share = Math.min(Math.max(given, 0), 1);
  const minutes = Math.ceil((elapsedMs * (1 / share - 1)) / 60_000);
  const left = share > 0 && share < 1 ? `, about ${minutes} min left` : "";
  return `${Math.floor(share * 100)} %${left}`;
}
