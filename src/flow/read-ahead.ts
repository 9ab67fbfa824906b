/** Gives what is read of each part, in order; the next one is read while the one before it is worked on. @throws what a reading throws, in its turn */
export async function* readAhead<Part, Read>(
  parts: readonly Part[],
  read: (part: Part) => Promise<Read>,
): AsyncGenerator<{ readonly part: Part; readonly read: Read }, void, undefined> {
  let ahead: Promise<Read> | null = null;
  for (const [i, part] of parts.entries()) {
    const found: Read = await (ahead ?? read(part));
    ahead = i + 1 < parts.length ? read(parts[i + 1]!) : null;
    // Who stops before it is its turn does not hear of it.
    ahead?.catch(() => {});
    yield { part, read: found };
  }
}
