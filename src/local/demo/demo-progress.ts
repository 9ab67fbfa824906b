import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 250;

/** How far something has come. */
interface Progress {
  readonly done: number;
  readonly of: number;
  /** What has to become 0 besides. */
  readonly left: number;
}

/** Looks until everything is done; throws when nothing has moved for so many ms. */
export async function untilDone(what: string, patienceMs: number, look: () => Promise<Progress>): Promise<void> {
  let before = "";
  let movedAt = performance.now();
  for (;;) {
    const { done, of, left } = await look();
    if (done >= of && left === 0) return;
    if (`${done} ${left}` !== before) movedAt = performance.now();
    before = `${done} ${left}`;
    if (performance.now() - movedAt > patienceMs)
      throw new Error(
        `only ${done} of ${of} ${what}, and nothing has moved for ${Math.round(patienceMs / 1000)} s: if the machine is busy with something else, try again later`,
      );
    await pause(LOOK_EVERY_MS);
  }
}
