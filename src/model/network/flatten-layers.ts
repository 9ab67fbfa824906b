import type { AddressRanges } from "./address-ranges.js";
import { compareAddresses, nextAddress, previousAddress, type AddressWords } from "./address.js";

/** Addresses from first to last, both included, and what the uppermost layer that knows them says. */
export interface LaidRange {
  readonly first: AddressWords;
  readonly last: AddressWords;
  /** Place of the layer, from 0 for the uppermost. */
  readonly layer: number;
  readonly value: number;
}

/** What is seen from above when layers of one family lie on each other: ranges in ascending order, as wide as they can be. */
export function* flattenLayers(layers: readonly AddressRanges[]): Generator<LaidRange> {
  const pieces = layPieces(layers);
  let seen = pieces.next();
  while (seen.done !== true) {
    const { first, layer, value } = seen.value;
    let { last } = seen.value;
    // Where a range below starts or ends, the one above it goes on.
    for (seen = pieces.next(); seen.done !== true && goesOn({ last, layer, value }, seen.value); seen = pieces.next()) {
      last = seen.value.last;
    }
    yield { first, last, layer, value };
  }
}

/** The same, cut wherever a range of any layer starts. */
function* layPieces(layers: readonly AddressRanges[]): Generator<LaidRange> {
  // Of each layer, the place of the first range that starts after the address at hand.
  const next = layers.map(() => 0);
  for (let first = lowestStart(layers, next); first !== null;) {
    for (const [at, ranges] of layers.entries()) {
      while (next[at]! < ranges.count && compareAddresses(ranges.startAt(next[at]!), first) <= 0) next[at]!++;
    }
    const layer = layers.findIndex((ranges, at) => next[at]! > 0 && ranges.valueAt(next[at]! - 1) > 0);
    const following = lowestStart(layers, next);
    const last = following === null ? first.map(() => 0xffffffff) : previousAddress(following);
    if (layer >= 0 && last !== null) yield { first, last, layer, value: layers[layer]!.valueAt(next[layer]! - 1) };
    first = following;
  }
}

function goesOn(seen: Omit<LaidRange, "first">, piece: LaidRange): boolean {
  if (seen.layer !== piece.layer || seen.value !== piece.value) return false;
  const next = nextAddress(seen.last);
  return next !== null && compareAddresses(next, piece.first) === 0;
}

function lowestStart(layers: readonly AddressRanges[], next: readonly number[]): AddressWords | null {
  let lowest: AddressWords | null = null;
  for (const [at, ranges] of layers.entries()) {
    if (next[at]! >= ranges.count) continue;
    const start = ranges.startAt(next[at]!);
    if (lowest === null || compareAddresses(start, lowest) < 0) lowest = start;
  }
  return lowest;
}
