import { SingleBar } from "cli-progress";

/** A bar on standard error, shown only to somebody who looks at it. */
export interface Progress {
  readonly at: (value: number) => void;
  /** May be called again. */
  readonly end: () => void;
}

/** Opens a bar that goes to `total`; null when the end is not known. */
export function openProgress(title: string, total: number | null): Progress {
  if (!process.stderr.isTTY) return { at: () => undefined, end: () => undefined };
  const format = total === null ? `${title} {value} bytes` : `${title} {bar} {percentage} % | {eta_formatted}`;
  const bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, etaBuffer: 50 });
  bar.start(Math.max(total ?? 1, 1), 0);
  return { at: (value) => bar.update(Math.max(0, Math.round(value))), end: () => bar.stop() };
}
