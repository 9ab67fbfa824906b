const DAY_MS = 86_400_000;
const END_OF_YEARS = Date.UTC(2100, 0, 1);
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** What is said of an instant that may not be asked for. */
export const OF_KNOWN_YEARS = "must be between 1970 and 2099";

/** True for an instant (epoch ms) that may be asked for: what ClickHouse holds is a little more. */
export function isOfKnownYears(at: number): boolean {
  return at >= 0 && at < END_OF_YEARS;
}

/**
 * Epoch milliseconds of an RFC 3339 instant, or undefined when it is none or names a date that does not exist.
 * Digits below the millisecond are dropped; a leap second counts as the first instant of the next day, as in POSIX.
 */
export function parseInstant(text: string): number | undefined {
  return parseUsual(text) ?? parseAny(text);
}

/** `YYYY-MM-DDTHH:mm:ssZ` or with `.sss`: what nearly every sender writes, several times faster than the expression. */
function parseUsual(text: string): number | undefined {
  const withMillis = text.length === 24;
  if (!withMillis && text.length !== 20) return undefined;
  if (
    text.charCodeAt(4) !== 45 ||
    text.charCodeAt(7) !== 45 ||
    text.charCodeAt(10) !== 84 ||
    text.charCodeAt(13) !== 58 ||
    text.charCodeAt(16) !== 58 ||
    text.charCodeAt(text.length - 1) !== 90 ||
    (withMillis && text.charCodeAt(19) !== 46)
  ) {
    return undefined;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const time = timeMs(twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17));
  const millis = withMillis ? twoDigits(text, 20) * 10 + digit(text, 22) : 0;
  const result = dayMs(year, twoDigits(text, 5), twoDigits(text, 8)) + time + millis;
  return Number.isNaN(result) ? undefined : result;
}

function parseAny(text: string): number | undefined {
  const part = RFC3339.exec(text);
  if (part === null) return undefined;
  const number = (index: number) => Number(part[index] ?? 0);
  const offset = (number(9) * 60 + number(10)) * 60_000 * (part[8] === "-" ? -1 : 1);
  if (number(9) > 23 || number(10) > 59) return undefined;
  const leap = number(6) === 60;
  const time = timeMs(number(4), number(5), leap ? 59 : number(6));
  const result = dayMs(number(1), number(2), number(3)) + time - offset;
  if (Number.isNaN(result)) return undefined;
  if (leap) return isLeapSecond(result) ? result + 1000 : undefined;
  return result + Number((part[7] ?? "").slice(0, 3).padEnd(3, "0"));
}

/** Leap seconds end the last day of June or December, UTC. */
function isLeapSecond(ms: number): boolean {
  const next = new Date(ms + 1000).toISOString();
  return /-(?:07|01)-01T00:00:00/.test(next);
}

function timeMs(hour: number, minute: number, second: number): number {
  return hour < 24 && minute < 60 && second < 60 ? ((hour * 60 + minute) * 60 + second) * 1000 : NaN;
}

/** Days of the civil calendar counted from March, so that the leap day is a year's last. NaN for no such date. */
function dayMs(year: number, month: number, day: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 ? (leap ? 29 : 28) : 30 + ((month + (month >> 3)) & 1);
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= length)) return NaN;
  const y = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return (y * 365 + leapDays + dayOfYear - 719_468) * DAY_MS;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : NaN;
}

/** Epoch milliseconds of an RFC 3339 instant, or of the last second of a date, in UTC, which people write for an end; undefined when it is neither. */
export function parseEnd(text: string): number | undefined {
  return parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text);
}
