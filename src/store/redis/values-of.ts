/** What a transaction answered. @throws the first error in it */
export function valuesOf(results: readonly [Error | null, unknown][] | null): unknown[] {
  return (results ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
}
