import {
  judgeBackfill,
  judgePressure,
  judgeRepeats,
  type Pressure,
  type PressureLimits,
  type PressureReading,
} from "./judge-pressure.js";

export interface PressureDeps {
  readonly read: () => Promise<PressureReading>;
  readonly limits: PressureLimits;
  /** Told when ingest begins and ends to refuse everything, or everything old. */
  readonly onChange: (pressure: Pressure | null) => void;
}

export interface PressureWatch {
  /** Why nothing is taken now, or null. */
  readonly current: () => Pressure | null;
  /** Why nothing old is taken now, or null. */
  readonly ofBackfill: () => Pressure | null;
  /** Why nothing of a source is taken now, or null. */
  readonly ofRepeats: (source: string) => Pressure | null;
  /** Says that so many bytes were committed. */
  readonly add: (bytes: number) => void;
  readonly close: () => void;
}

/** In so long one serve writes some megabytes, which `add` tells of. */
const READ_EVERY_MS = 500;

/**
 * Watches what waits in Redis. A reading that fails leaves what was known: commits then fail by themselves. As soon as there is room again
 * there is no pressure.
 */
export function watchPressure({ read, limits, onChange }: PressureDeps): PressureWatch {
  let newest: PressureReading | null = null;
  let added = 0;
  let reported: Pressure["reason"] | null = null;
  const current = (): Pressure | null => (newest === null ? null : judgePressure(newest, limits, added));
  const ofBackfill = (): Pressure | null => (newest === null ? null : judgeBackfill(newest, limits, added));
  let reading = false;
  const look = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    const before = added;
    try {
      newest = await read();
      // What came while it was read may or may not be in it.
      added -= before;
      const pressure = current() ?? ofBackfill();
      if ((pressure?.reason ?? null) !== reported) onChange(pressure);
      reported = pressure?.reason ?? null;
    } catch {
      // The connection reports its own problems.
    } finally {
      reading = false;
    }
  };
  void look();
  const timer = setInterval(() => void look(), READ_EVERY_MS);
  return {
    current,
    ofBackfill,
    ofRepeats: (source) => (newest === null ? null : judgeRepeats(newest, limits, source)),
    add: (bytes) => {
      added += bytes;
    },
    close: () => clearInterval(timer),
  };
}
