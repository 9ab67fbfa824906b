import type { MetKey } from "../../store/registry/key-fingerprints.js";

/** Takes note of raw keys while the pepper is being replaced; writing them waits for nobody, and nobody for it. */
export interface MetKeysNote {
  /** Cheap enough for every event. */
  readonly add: (fingerprint: string, keyId: string) => void;
  /** Writes what is noted, and ends. */
  readonly close: () => Promise<void>;
}

export interface MetKeysNoteOptions {
  /** Makes met keys known for ever; repeating it changes nothing. */
  readonly carry: (met: readonly MetKey[]) => Promise<void>;
  /** Hears of each try that failed; what was noted stays noted. */
  readonly onProblem: (problem: Error) => void;
  readonly everyMs?: number;
}

const WRITE_EVERY_MS = 2_000;
/** One write stays short, and what is met meanwhile is met again. */
const MOST_AT_ONCE = 1_000;
const MOST_NOTED = 50_000;
/** Now and again each key is looked at anew: somebody may have written a version without the fingerprint at the same moment. */
const FORGET_AFTER_MS = 600_000;

/** Opens the note; it does not keep the process alive. */
export function openMetKeysNote({ carry, onProblem, everyMs }: MetKeysNoteOptions): MetKeysNote {
  const noted = new Map<string, string>();
  const written = new Map<string, string>();
  let forgetAt = Date.now() + FORGET_AFTER_MS;
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    if (Date.now() > forgetAt) {
      written.clear();
      forgetAt = Date.now() + FORGET_AFTER_MS;
    }
    const batch = [...noted].slice(0, MOST_AT_ONCE).toSorted(([one], [other]) => (one < other ? -1 : 1));
    if (batch.length === 0) return;
    try {
      await carry(batch.map(([fingerprint, keyId]) => ({ fingerprint, keyId })));
      for (const [fingerprint, keyId] of batch) {
        noted.delete(fingerprint);
        written.set(fingerprint, keyId);
      }
    } catch (error) {
      onProblem(error as Error);
    }
  };
  const writeOnce = async () => (writing ??= write().finally(() => (writing = null)));
  const timer = setInterval(() => void writeOnce(), everyMs ?? WRITE_EVERY_MS);
  timer.unref();
  return {
    add: (fingerprint, keyId) => {
      if (written.get(fingerprint) !== keyId && noted.size < MOST_NOTED) noted.set(fingerprint, keyId);
    },
    close: async () => {
      clearInterval(timer);
      await writing;
      await write();
    },
  };
}
