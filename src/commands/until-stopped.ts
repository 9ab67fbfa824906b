/** Resolves when the process is asked to stop, by SIGTERM or Ctrl-C; a second request ends it at once. */
export async function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}
