/** ClickHouse takes a parameter of up to 128 KiB over HTTP; quotes, commas and escapes are on top of the text. */
const MOST_BYTES = 50_000;

/** Items in their order, cut into lists of which each fits into a parameter. */
export function cutForParameters<Item>(items: readonly Item[], textsOf: (item: Item) => readonly string[]): Item[][] {
  const chunks: Item[][] = [];
  let room = 0;
  for (const item of items) {
    const bytes = textsOf(item).reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 0);
    if (chunks.length === 0 || room < bytes) {
      chunks.push([]);
      room = MOST_BYTES;
    }
    room -= bytes;
    chunks.at(-1)!.push(item);
  }
  return chunks;
}
