import { parseInstant } from "../../parse-instant.js";

/** The day read last, as the number of its digits, and its beginning in epoch milliseconds. */
let lastDay = -1;
let lastDayMs = NaN;

/**
 * Epoch milliseconds of `YYYY-MM-DDTHH:mm:ssZ` or with `.sss`, as senders write it, in a body from `from` to before `to`; NaN for every other
 * text, which may be an instant all the same.
 */
export function readInstantAt(body: Buffer, from: number, to: number): number {
  const withMillis = to - from === 24;
  if (!withMillis && to - from !== 20) return NaN;
  const isUsual =
    body[from + 4] === 45 &&
    body[from + 7] === 45 &&
    body[from + 10] === 84 &&
    body[from + 13] === 58 &&
    body[from + 16] === 58 &&
    body[to - 1] === 90 &&
    (!withMillis || body[from + 19] === 46);
  if (!isUsual) return NaN;
  const day =
    twoDigits(body, from) * 1e6 +
    twoDigits(body, from + 2) * 1e4 +
    twoDigits(body, from + 5) * 100 +
    twoDigits(body, from + 8);
  if (Number.isNaN(day)) return NaN;
  if (day !== lastDay) {
    lastDayMs = parseInstant(`${body.toString("latin1", from, from + 10)}T00:00:00Z`) ?? NaN;
    lastDay = day;
  }
  const [hour, minute, second] = [twoDigits(body, from + 11), twoDigits(body, from + 14), twoDigits(body, from + 17)];
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN;
  const millis = withMillis ? twoDigits(body, from + 20) * 10 + digit(body[from + 22]!) : 0;
  return lastDayMs + ((hour * 60 + minute) * 60 + second) * 1000 + millis;
}

function twoDigits(body: Buffer, at: number): number {
  return digit(body[at]!) * 10 + digit(body[at + 1]!);
}

function digit(byte: number): number {
  return byte >= 48 && byte <= 57 ? byte - 48 : NaN;
}
