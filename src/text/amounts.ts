// Made once: making one takes longer than all that is ever printed with it.
const COUNTS = new Intl.NumberFormat("en-US");
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A count as people read it: 1,234. */
export function countText(count: number): string {
  return COUNTS.format(Math.round(count));
}

/** How many of something there are as people read it: 1 leak, 1,234 leaks. */
export function countedText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** A number of requests as people read it. */
export function requestsText(count: number): string {
  return countedText(count, "request");
}

/** Dollars as people read them, from millionths. */
export function dollarText(micros: number): string {
  return `$${CENTS.format(micros / 1e6)}`;
}

/** A cost after other figures, from millionths; nothing where there is none: without a price that is unknown, and never $0.00. */
export function costText(micros: number): string {
  return micros > 0 ? `, ${dollarText(micros)}` : "";
}

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people read them: 12.3 MB, in powers of a thousand. */
export function bytesText(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value.toLocaleString("en-US", { maximumFractionDigits: value < 100 && step > 0 ? 1 : 0 })} ${BYTE_UNITS[step]}`;
}
