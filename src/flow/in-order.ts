/** Works on items side by side, at most `atOnce` of them, and gives each with its result in their order. A failure ends it. */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result]> {
  const underWay: Promise<Result>[] = [];
  for (const [index, item] of items.entries()) {
    while (underWay.length < index + atOnce && underWay.length < items.length) {
      const started = work(items[underWay.length]!);
      // It is awaited in its turn; until then its failure is nobody's surprise.
      started.catch(() => undefined);
      underWay.push(started);
    }
    yield [item, await underWay[index]!];
  }
}
