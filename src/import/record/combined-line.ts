import { parseAddress } from "../../model/network/address.js";
import { clfTime } from "./log-time.js";

/** A line of an access log in the common or combined format, and what else stands behind that. */
export interface CombinedLine {
  readonly peer: string;
  readonly user: string;
  readonly time: string | undefined;
  readonly method: string;
  readonly target: string;
  readonly status: string;
  readonly bytes: string;
  /** False in the common format, which ends with the number of bytes. */
  readonly hasAgent: boolean;
  readonly userAgent: string;
  /** What follows, without the blank before it. */
  readonly rest: string;
}

const [BLANK, QUOTE, COLON, OPEN, BACKSLASH, CLOSE] = [32, 34, 58, 91, 92, 93] as const;
const [LONGEST_PORT, LONGEST_ADDRESS] = [6, 45];
const LONGEST_METHOD = 16;
/** `26/Nov/2026:12:57:21 +0000` */
const TIME_LENGTH = 26;

/**
 * `peer ident user [time] "request" status bytes "referer" "agent" …` from a place of a line on; undefined when it is none. By places of the signs
 * between the parts, each looked for from the end of the last one: no part is read twice, whatever is in it.
 */
export function parseCombined(line: string, from = 0): CombinedLine | undefined {
  const peerEnd = endOfWord(line, from);
  const identEnd = endOfWord(line, peerEnd + 1);
  // A user's name may hold blanks.
  let userEnd = identEnd;
  while (userEnd < line.length && !(line.charCodeAt(userEnd) === BLANK && line.charCodeAt(userEnd + 1) === OPEN))
    userEnd += 1;
  const timeEnd = userEnd + 2 + TIME_LENGTH;
  if (line.charCodeAt(timeEnd) !== CLOSE || line.charCodeAt(timeEnd + 2) !== QUOTE) return undefined;
  const requestStart = timeEnd + 3;
  const requestEnd = endOfQuoted(line, requestStart);
  if (requestEnd < 0 || line.charCodeAt(requestEnd + 1) !== BLANK) return undefined;
  const statusStart = requestEnd + 2;
  const statusEnd = endOfWord(line, statusStart);
  if (statusEnd - statusStart > 4 || statusEnd >= line.length) return undefined;
  const bytesEnd = endOfWord(line, statusEnd + 1);
  const methodEnd = endOfWord(line, requestStart);
  const hasTarget = methodEnd < requestEnd;
  const referer = bytesEnd + 2;
  const refererEnd = line.charCodeAt(bytesEnd + 1) === QUOTE ? endOfQuoted(line, referer) : -1;
  const hasAgent =
    refererEnd > 0 && line.charCodeAt(refererEnd + 1) === BLANK && line.charCodeAt(refererEnd + 2) === QUOTE;
  const agentEnd = hasAgent ? endOfQuoted(line, refererEnd + 3) : bytesEnd;
  if (agentEnd < 0) return undefined;
  return {
    peer: line.slice(from, peerEnd),
    user: line.slice(identEnd + 1, userEnd),
    time: clfTime(line.slice(userEnd + 2, timeEnd)),
    method: hasTarget ? methodOf(line, requestStart, methodEnd) : "",
    target: hasTarget ? line.slice(methodEnd + 1, endOfTarget(line, methodEnd, requestEnd)) : "",
    status: line.slice(statusStart, statusEnd),
    bytes: line.slice(statusEnd + 1, bytesEnd),
    hasAgent,
    userAgent: hasAgent ? line.slice(refererEnd + 3, agentEnd) : "",
    rest: line.slice(hasAgent ? agentEnd + 2 : bytesEnd + 1),
  };
}

/** Where a line begins behind the `host:port ` of a virtual host; 0 where there is none, or where the client's own address has a port. */
export function afterVirtualHost(line: string): number {
  const end = endOfWord(line, 0);
  let at = end - 1;
  while (at > 0 && isDigit(line.charCodeAt(at))) at -= 1;
  if (at <= 0 || at === end - 1 || end - at > LONGEST_PORT || line.charCodeAt(at) !== COLON) return 0;
  const address = line.slice(end + 1, endOfWord(line, end + 1));
  return address.length <= LONGEST_ADDRESS && parseAddress(address) !== null ? end + 1 : 0;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A target may hold blanks; the protocol behind it (`HTTP/1.1`, `HTTP/2`) holds none. */
function endOfTarget(line: string, methodEnd: number, requestEnd: number): number {
  let at = requestEnd - 1;
  while (at > methodEnd && line.charCodeAt(at) !== BLANK) at -= 1;
  return at > methodEnd ? at : requestEnd;
}

/** Where the quotation mark stands that ends what begins at a place; one behind a backslash is part of it. -1: none. */
export function endOfQuoted(line: string, from: number): number {
  for (let at = from; at < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return -1;
}

/** Where the next blank stands, or the end of the line. By hand: `indexOf` took three times as long for words of this length. */
function endOfWord(line: string, from: number): number {
  let at = from;
  while (at < line.length && line.charCodeAt(at) !== BLANK) at += 1;
  return at;
}

/** Clients send anything for a method, such as the bytes of a TLS handshake. */
function methodOf(line: string, from: number, to: number): string {
  if (to - from > LONGEST_METHOD) return "";
  for (let at = from; at < to; at += 1) {
    const letter = line.charCodeAt(at) | 32;
    if (letter < 97 || letter > 122) return "";
  }
  return line.slice(from, to);
}

/** Words of a line, with what stands in quotation marks or square brackets as one word without them; at most so many. */
export function splitWords(line: string, most: number): string[] {
  const words: string[] = [];
  for (let at = 0; at < line.length && words.length < most;) {
    const code = line.charCodeAt(at);
    if (code === BLANK) {
      at += 1;
      continue;
    }
    const end = code === QUOTE ? endOfQuoted(line, at + 1) : code === OPEN ? endOfBracketed(line, at) : -1;
    const isEnclosed = end >= 0;
    const stop = isEnclosed ? end : endOfWord(line, at);
    words.push(line.slice(isEnclosed ? at + 1 : at, stop));
    at = stop + 1;
  }
  return words;
}

/** Where the bracket stands that ends a word; -1 where more than a blank follows it, as in `[2001:db8::7]:443`. */
function endOfBracketed(line: string, from: number): number {
  const end = line.indexOf("]", from);
  return end < 0 || end === line.length - 1 || line.charCodeAt(end + 1) === BLANK ? end : -1;
}
