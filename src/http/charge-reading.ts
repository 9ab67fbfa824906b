import type { BodyAccount } from "./body-budget.js";
import { BodyRefused } from "./body-refused.js";

/** Objects, lists and what stands in them. A log has some ten to a hundred a record, of a dozen bytes each. */
const MAX_VALUES = 1_000_000;
/** An empty object has 56 in V8, and a place in its list. */
const BYTES_PER_VALUE = 64;
/** The text, which has two bytes a character where one of them is no Latin letter, and the events as they are made. */
const COPIES = 4;
const [OPEN, OPEN_LIST, COMMA] = [123, 91, 44] as const;

/**
 * Charges an account with what it takes to read a body as JSON or as lines, besides the body itself.
 * @throws BodyRefused when there is no room for it, or it holds more values than any log of its length
 */
export function chargeReading(body: Buffer, account: BodyAccount, copies: number = COPIES): void {
  const values = countValues(body);
  if (values > MAX_VALUES) throw new BodyRefused("too_many_values");
  if (!account.charge(copies * body.length + BYTES_PER_VALUE * values)) throw new BodyRefused("no_room");
}

/** Values of JSON, or more: what stands in texts counts as well. */
function countValues(body: Buffer): number {
  let values = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === COMMA || byte === OPEN || byte === OPEN_LIST) values += 1;
  }
  return values;
}
