const MOST_PICKED = 1000;

/** The first `count` of some items in an order, in that order: of a hundred thousand of which fifty are shown the others are only looked at. */
export function firstOf<Item>(
  items: readonly Item[],
  count: number,
  compare: (one: Item, other: Item) => number,
): readonly Item[] {
  if (count === 0) return [];
  // Beyond that all of them are sorted as fast.
  if (count > MOST_PICKED || count * 4 > items.length) return items.toSorted(compare).slice(0, count);
  const picked: Item[] = [];
  for (const item of items) {
    if (picked.length === count && compare(item, picked.at(-1)!) >= 0) continue;
    picked.splice(placeOf(picked, item, compare), 0, item);
    if (picked.length > count) picked.pop();
  }
  return picked;
}

/** Where an item belongs among sorted ones: behind its equals, as they came first. */
function placeOf<Item>(sorted: readonly Item[], item: Item, compare: (one: Item, other: Item) => number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(item, sorted[middle]!) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}
