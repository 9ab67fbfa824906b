import type { MoveEvents } from "../pipeline/shards/add-server.js";
import { openProgress, type Progress } from "./open-progress.js";

/** Prints the phases of a move as lines, and how far each is as a bar or now and then a line; says in the end how long blocks waited. */
export function moveEvents(print: (line: string) => void): MoveEvents & { readonly end: () => void } {
  let number = 0;
  let [bar, barTotal]: [Progress | null, number] = [null, -1];
  let [beganAt, heldAt]: [number, number | null] = [performance.now(), null];
  const since = (at: number) => `${((performance.now() - at) / 1000).toFixed(1)} s`;
  const end = () => {
    bar?.end();
    bar = null;
  };
  const at = (title: string, done: number, total: number) => {
    if (bar === null || barTotal !== total) {
      end();
      [bar, barTotal] = [openProgress(title, total), total];
    }
    bar.at(done);
  };
  return {
    onPhase: (phase) => {
      end();
      if (number > 0) print(`   took ${since(beganAt)}`);
      beganAt = performance.now();
      number += 1;
      print(`${number}. ${phase}`);
    },
    onCopied: ({ rows, totalRows }) => at("copied", rows, Math.max(totalRows, 1)),
    onRemoved: (done, total) => at("removed", done, total),
    onLeft: (blocks) => at("blocks", 0, Math.max(blocks, 1)),
    onHeld: (isHeld) => {
      if (isHeld) heldAt ??= performance.now();
      else if (heldAt !== null) {
        print(`   events waited in Redis for ${since(heldAt)}; they are recorded now`);
        heldAt = null;
      }
    },
    end,
  };
}
