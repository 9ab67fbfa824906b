/** Set in a process that is to have a wrong clock: by how many ms it is ahead. */
const SHIFT = "TEST_CLOCK_SHIFT_MS";
const TWO_HOURS_MS = 2 * 3_600_000;

/** The environment of a process whose clock is ahead by so much from the start, and by two hours or none after each SIGUSR2. */
export function withShiftedClock(shiftMs: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${import.meta.url}`, [SHIFT]: String(shiftMs) };
}

if (process.env[SHIFT] !== undefined) {
  const real = Date.now.bind(Date);
  let shiftMs = Number(process.env[SHIFT]);
  process.on("SIGUSR2", () => {
    shiftMs = shiftMs === 0 ? TWO_HOURS_MS : 0;
  });
  const shifted = (): number => real() + shiftMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args: number[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [shifted()] : args, newTarget) as Date,
    get: (target, name, receiver) => (name === "now" ? shifted : (Reflect.get(target, name, receiver) as unknown)),
  });
}
