import type { PageCopy } from "../../model/incident/page-copy.js";
import type { PageStore } from "../../store/page/page-store.js";
import type { PageOutcome } from "../../store/page/pages.js";

/** What a process remembers of copies between its passes. */
export interface CopyMemory {
  /** Answers that could not be put on file yet, by copy: what was sent must not be sent again for that. */
  readonly unrecorded: Map<string, { readonly copy: PageCopy; readonly outcome: PageOutcome }>;
  /** Since when (epoch ms) a name that copies wait for is no destination. */
  readonly missingSince: Map<string, number>;
}

/** What this process remembers unless another memory is given. */
export const PROCESS_MEMORY = openCopyMemory();

/** Longer than a file with destinations is wrong by mistake. */
const ORPHAN_MS = 3_600_000;

interface RecordDeps {
  readonly store: { readonly page: Pick<PageStore, "insertCopyState"> };
  readonly onCopyTried?: (copy: PageCopy, state: PageOutcome["state"], problem: string) => void;
}

/** Remembers nothing yet. @public for tests, each of which is a process of its own */
export function openCopyMemory(): CopyMemory {
  return { unrecorded: new Map(), missingSince: new Map() };
}

const nameOf = ({ pageId, destination }: PageCopy) => `${destination} ${pageId}`;

/** Whether what became of a copy is known here, but not on file. */
export function isUnrecorded({ unrecorded }: CopyMemory, copy: PageCopy): boolean {
  return unrecorded.has(nameOf(copy));
}

/** Those of the waiting copies whose destination was missing in each pass for an hour; in a process that has run for less, none. */
export function orphansOf<Copy extends PageCopy>(
  { missingSince }: CopyMemory,
  open: readonly Copy[],
  destinations: ReadonlyMap<string, unknown>,
  now: number,
): readonly Copy[] {
  const missing = open.filter(({ destination }) => !destinations.has(destination));
  const names = new Set(missing.map(({ destination }) => destination));
  for (const name of missingSince.keys()) if (!names.has(name)) missingSince.delete(name);
  for (const name of names) if (!missingSince.has(name)) missingSince.set(name, now);
  return missing.filter(({ destination }) => now - missingSince.get(destination)! > ORPHAN_MS);
}

/** Puts on file what a destination answered. Throws what ClickHouse throws, and remembers the answer then. */
export async function recordAnswer(
  { store, onCopyTried }: RecordDeps,
  { unrecorded }: CopyMemory,
  copy: PageCopy,
  outcome: PageOutcome,
): Promise<void> {
  await store.page.insertCopyState(copy, outcome).catch((error: unknown) => {
    unrecorded.set(nameOf(copy), { copy, outcome });
    throw error;
  });
  unrecorded.delete(nameOf(copy));
  onCopyTried?.(copy, outcome.state, outcome.problem);
}

/** Puts on file what is remembered. Throws what ClickHouse throws: while answers cannot be recorded, nothing more is sent. */
export async function recordRemembered(deps: RecordDeps, memory: CopyMemory): Promise<void> {
  for (const { copy, outcome } of memory.unrecorded.values()) await recordAnswer(deps, memory, copy, outcome);
}
