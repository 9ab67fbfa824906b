/** Half-open places in a text, in UTF-16 units. */
export interface TextSpan {
  readonly from: number;
  readonly to: number;
}

const MASK = "[secret]";

/** Spans of several searches in order, with those that overlap as one. */
export function mergeSpans(...lists: readonly (readonly TextSpan[])[]): readonly TextSpan[] {
  const some = lists.filter((list) => list.length > 0);
  if (some.length <= 1) return some[0] ?? [];
  const merged: TextSpan[] = [];
  for (const span of some.flat().toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last === undefined || span.from >= last.to) merged.push(span);
    else if (span.to > last.to) merged[merged.length - 1] = { from: last.from, to: span.to };
  }
  return merged;
}

/** The first `cap` units of a text, with each of its spans (in order, not overlapping) as `[secret]`. */
export function maskSpans(text: string, spans: readonly TextSpan[], cap: number = text.length): string {
  let masked = "";
  let at = 0;
  for (const { from, to } of spans) {
    if (from >= cap) break;
    masked += text.slice(at, from) + MASK;
    at = to;
  }
  return at < cap ? masked + text.slice(at, cap) : masked;
}
