import { pino, type Logger } from "pino";
import { maskSecrets } from "./text/secret/secret-shape.js";

export type Log = Logger;

/**
 * JSON lines on stdout. What has the shape of a secret is masked in every line as the last step before it is written,
 * so that a careless message cannot leak a key.
 */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void process.stdout.write(maskSecrets(line).text) },
  );
}

/** Calls `end`, once, when whoever read what we print has gone, as `head` has after its lines; what is written then goes nowhere. */
export function whenNobodyReads(end: () => void): void {
  let hasEnded = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (!hasEnded) end();
      hasEnded = true;
    });
  }
}
