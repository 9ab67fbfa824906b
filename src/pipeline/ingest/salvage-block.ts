import type { BadRows } from "../../store/ingest/bad-rows.js";
import type { RequestWriter } from "../../store/ingest/request-writer.js";

/** What is asked of ClickHouse about a block that it refuses for its content. */
export type SalvageDeps = Pick<RequestWriter, "tryRows" | "insertWithout" | "quarantineRows" | "quarantinePiece">;

/** What became of a block. */
export interface Salvaged {
  readonly badRows: number;
  readonly badPieces: number;
}

/** So many tries to tell bad rows from good ones; then what is left of a bad stretch goes into quarantine as it is. */
const MOST_TRIES = 500;

/**
 * Brings the good rows of a block home, under the block's own token, and its bad ones into quarantine. Null when every row can be read:
 * then the fault lies elsewhere, and nothing was done. A salvage that was cut off is repeated with the same result.
 */
export async function salvageBlock(
  deps: SalvageDeps,
  { id, rows, pieces }: { readonly id: string; readonly rows: number; readonly pieces: readonly Buffer[] },
): Promise<Salvaged | null> {
  const readable: Buffer[] = [];
  let badPieces = 0;
  for (const [index, piece] of pieces.entries()) {
    const reason = await deps.tryRows([piece], [0, 0]);
    if (reason === null) readable.push(piece);
    else {
      badPieces += 1;
      await deps.quarantinePiece(piece, reason, { block: id, index });
    }
  }
  const bad = readable.length === 0 ? [] : await findBadRows(deps, readable, rows);
  if (bad.length === 0 && badPieces === 0) return null;
  if (bad.length > 0) await deps.quarantineRows(readable, bad, id);
  if (readable.length > 0) await deps.insertWithout(readable, bad, id);
  return { badRows: bad.reduce((sum, { from, to }) => sum + to - from, 0), badPieces };
}

/** Halves what cannot be read until single rows are left. */
async function findBadRows(deps: SalvageDeps, pieces: readonly Buffer[], rows: number): Promise<BadRows[]> {
  const bad: BadRows[] = [];
  const spans: [number, number][] = [[0, rows]];
  let tries = 0;
  for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
    const [from, to] = span;
    const reason = await deps.tryRows(pieces, span);
    tries += 1;
    if (reason === null) continue;
    if (to - from === 1 || tries >= MOST_TRIES) {
      bad.push({ from, to, reason });
      continue;
    }
    const middle = Math.floor((from + to) / 2);
    spans.push([middle, to], [from, middle]);
  }
  return bad;
}
