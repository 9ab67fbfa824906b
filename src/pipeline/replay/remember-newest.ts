/**
 * Remembers the newest answer of a reader whose answers never change for the same arguments: a day's snapshots are asked for
 * by every check of the next day.
 */
export function rememberNewest<Args extends readonly unknown[], Answer>(
  read: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  let newest: { readonly args: string; readonly answer: Promise<Answer> } | null = null;
  return async (...args) => {
    const key = JSON.stringify(args);
    if (newest?.args !== key) newest = { args: key, answer: read(...args) };
    const asked = newest;
    try {
      return await asked.answer;
    } catch (error) {
      if (newest === asked) newest = null;
      throw error;
    }
  };
}
