/** A clean stop takes less; what hangs on a store that is away is ended, and nothing that was answered 202 depends on it. */
const STOP_WITHIN_MS = 30_000;

/** Resolves when the process is asked to stop, by SIGTERM or Ctrl-C; a second request, or 30 s, ends it at once. */
export async function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      setTimeout(() => {
        process.stderr.write("error: graceful shutdown took too long\n");
        process.exit(1);
      }, STOP_WITHIN_MS).unref();
      resolve();
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  });
}
