import { LRUCache } from "lru-cache";
import { parseAddress } from "../model/network/address.js";

/** Who mistypes a token notices nothing. */
const FREE_FAILURES = 3;
const FIRST_DELAY_MS = 250;
/** Long for who guesses, short for who has the token. */
const LONGEST_DELAY_MS = 4_000;
const FORGOTTEN_AFTER_MS = 15 * 60_000;
/** Attempts of one guesser that wait at once: side by side they would be as quick as without a delay. */
const PLACES = 4;
/** So many failures in a minute, from wherever, are an attack: then everybody's attempt takes a second. */
const ATTACK_FAILURES = 30;
const MINUTE_MS = 60_000;
const ATTACK_DELAY_MS = 1_000;
/** Whoever has more addresses than that makes us forget his own first. */
const MOST_REMEMBERED = 10_000;

/** One showing of a token. It is judged after the delay, and is told how that went. */
export interface Attempt {
  readonly delayMs: number;
  /** Failures of the same guesser within the last quarter of an hour, before this one. */
  readonly failures: number;
  readonly end: (isKnown: boolean, now: number) => void;
}

/** Slows down who guesses tokens, and locks nobody out: no number of failures makes a good token count for less. */
export interface SignInPace {
  /** Null when too many attempts of the same guesser wait: then no token is judged. */
  begin(guesser: string, now: number): Attempt | null;
}

interface Guesser {
  readonly failures: number;
  readonly lastAt: number;
}

/** Remembers failures by guesser: a browser that signed in before, or else an address. */
export function openSignInPace(): SignInPace {
  const guessers = new LRUCache<string, Guesser>({ max: MOST_REMEMBERED });
  const waiting = new Map<string, number>();
  let recent: number[] = [];
  const fail = (name: string, now: number) => {
    guessers.set(name, { failures: failuresOf(guessers.peek(name), now) + 1, lastAt: now });
    recent = [...recent.slice(-ATTACK_FAILURES), now];
  };
  return {
    begin(guesser, now) {
      const name = networkOf(guesser);
      const others = waiting.get(name) ?? 0;
      if (others >= PLACES) return null;
      waiting.set(name, others + 1);
      const failures = failuresOf(guessers.peek(name), now);
      const isAttack = recent.filter((at) => now - at < MINUTE_MS).length >= ATTACK_FAILURES;
      return {
        delayMs: Math.max(delayAfter(failures), isAttack ? ATTACK_DELAY_MS : 0),
        failures,
        end: (isKnown, endedAt) => {
          const left = (waiting.get(name) ?? 1) - 1;
          if (left > 0) waiting.set(name, left);
          else waiting.delete(name);
          if (!isKnown) fail(name, endedAt);
        },
      };
    },
  };
}

function failuresOf(guesser: Guesser | undefined, now: number): number {
  return guesser === undefined || now - guesser.lastAt > FORGOTTEN_AFTER_MS ? 0 : guesser.failures;
}

function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - FREE_FAILURES, 10));
}

/** Whoever has one IPv6 address has the 2^64 beside it; what is no address stands for itself. */
function networkOf(guesser: string): string {
  const words = parseAddress(guesser);
  return words === null ? guesser : words.slice(0, 2).join(" ");
}
