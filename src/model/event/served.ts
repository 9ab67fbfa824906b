/** The client hung up while its answer was on its way: what was sent by then was served. */
const HUNG_UP = 499;

/**
 * Whether a request was served, and is use of its key: it neither was refused nor failed, or the client hung up on its answer, or it cost
 * something, whatever its status says. What was not served teaches nothing (in SQL: `requests.is_served`, and `served` of the roll-ups).
 */
export function isServed(status: number, spendMicros: number): boolean {
  return status < 400 || status === HUNG_UP || spendMicros > 0;
}
