/** Waits until all have ended, also where one fails: nothing of them goes on when it returns. Throws the first failure in their order. */
export async function settleAll<T>(running: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(running);
  return ended.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}
