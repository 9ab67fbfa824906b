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
/** So many attempts in a minute that opened nothing, from one address or from everywhere, are an attack: then the next take a second each. */
const ATTACK_ATTEMPTS = 20;
const MINUTE_MS = 60_000;
const ATTACK_DELAY_MS = 1_000;
/** Whoever has more addresses than that makes us forget his own first. */
const MOST_REMEMBERED = 10_000;

/** How an attempt went; `begun`: it led to an issuer, from which it may have `returned` with a good answer: that makes up for one. */
export type AttemptEnd = "succeeded" | "failed" | "begun" | "returned";

/** One showing of a token, or one way to an issuer or back. It is judged after the delay, and is told how that went. */
export interface Attempt {
  readonly delayMs: number;
  /** Failures of the same guesser within the last quarter of an hour, before this one. */
  readonly failures: number;
  readonly end: (how: AttemptEnd, now: number) => void;
}

/** Slows down who guesses tokens, and locks nobody out: no number of failures makes a good token count for less. */
export interface SignInPace {
  /** Null when too many attempts of the same guesser wait: then no token is judged. */
  begin(guesser: string, now: number): Attempt | null;
}

interface Guesser {
  readonly failures: number;
  readonly lastAt: number;
  /** Instants of the last attempts that opened nothing. */
  readonly attempts: readonly number[];
}

/** Remembers failures by guesser: a browser that signed in before, or else an address. */
export function openSignInPace(): SignInPace {
  const guessers = new LRUCache<string, Guesser>({ max: MOST_REMEMBERED });
  const waiting = new Map<string, number>();
  let recent: readonly number[] = [];
  const remember = (name: string, isFailure: boolean, now: number) => {
    const known = guessers.peek(name);
    const failures = failuresOf(known, now);
    guessers.set(name, {
      failures: failures + (isFailure ? 1 : 0),
      lastAt: isFailure ? now : (known?.lastAt ?? now),
      attempts: newest(known?.attempts ?? [], now),
    });
    recent = newest(recent, now);
  };
  const forgive = (name: string) => {
    const known = guessers.peek(name);
    if (known === undefined) return;
    guessers.set(name, { ...known, attempts: known.attempts.slice(0, -1) });
    recent = recent.slice(0, -1);
  };
  return {
    begin(guesser, now) {
      const name = networkOf(guesser);
      const others = waiting.get(name) ?? 0;
      if (others >= PLACES) return null;
      waiting.set(name, others + 1);
      const known = guessers.peek(name);
      const failures = failuresOf(known, now);
      const isAttack = isMany(recent, now) || isMany(known?.attempts ?? [], now);
      return {
        delayMs: Math.max(delayAfter(failures), isAttack ? ATTACK_DELAY_MS : 0),
        failures,
        end: (how, endedAt) => {
          const left = (waiting.get(name) ?? 1) - 1;
          if (left > 0) waiting.set(name, left);
          else waiting.delete(name);
          if (how === "returned") forgive(name);
          else if (how !== "succeeded") remember(name, how === "failed", endedAt);
        },
      };
    },
  };
}

const newest = (attempts: readonly number[], now: number) => [...attempts.slice(1 - ATTACK_ATTEMPTS), now];

const isMany = (attempts: readonly number[], now: number) =>
  attempts.filter((at) => now - at < MINUTE_MS).length >= ATTACK_ATTEMPTS;

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
