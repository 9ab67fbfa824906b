import { groupBy } from "../../../model/group-by.js";
import type { NovelPiece, NovelRun } from "./novel-piece.js";
import type { SameCache } from "./stamped-cache.js";

/** Pieces that rows may still come in for: the quarter of an hour that is judged, and the one before. */
const LATEST = 2;

/** Runs of some pieces by their subjects, and by their networks where these have any. */
interface RunIndex {
  readonly byName: ReadonlyMap<string, readonly NovelRun[]>;
  readonly byNetwork: ReadonlyMap<string, readonly NovelRun[]>;
  /** Networks of more than one subject. */
  readonly shared: readonly string[];
}

/** Finds the runs of a few among those of a day: all checks of a quarter of an hour go through the earlier pieces once. */
export class NovelIndex {
  readonly #earlier: RunIndex;
  readonly #latest: RunIndex;

  constructor(earlier: RunIndex, latest: RunIndex) {
    this.#earlier = earlier;
    this.#latest = latest;
  }

  /** Runs of a subject, those of earlier pieces first. */
  runsOf(name: string): readonly NovelRun[] {
    return [...(this.#earlier.byName.get(name) ?? []), ...(this.#latest.byName.get(name) ?? [])];
  }

  /** Networks (first address of a /24, IPv6 /64) that more than one subject was used from. */
  sharedNetworks(): readonly string[] {
    const latest: string[] = [];
    for (const [network, runs] of this.#latest.byNetwork) {
      const first = this.#earlier.byNetwork.get(network)?.[0] ?? runs[0]!;
      if (areSeveral(runs, first)) latest.push(network);
    }
    return [...new Set([...this.#earlier.shared, ...latest])];
  }

  /** Runs from a network. */
  runsFrom(network: string): readonly NovelRun[] {
    return [...(this.#earlier.byNetwork.get(network) ?? []), ...(this.#latest.byNetwork.get(network) ?? [])];
  }
}

/** What indexes of earlier pieces are kept in. */
export type NovelIndexes = SameCache<readonly NovelPiece[], RunIndex>;

/** Indexes pieces, the earlier ones only if they are not the same as last time. */
export function indexNovel(kept: NovelIndexes, pieces: readonly NovelPiece[]): NovelIndex {
  const earlier = pieces.slice(0, -LATEST);
  return new NovelIndex(
    kept.recall(earlier, () => indexOf(earlier)),
    indexOf(pieces.slice(-LATEST)),
  );
}

function indexOf(pieces: readonly NovelPiece[]): RunIndex {
  const all = pieces.flatMap(({ runs }) => runs);
  const byNetwork = groupBy(
    all.filter(({ of }) => of.network !== ""),
    ({ of }) => of.network,
  );
  const shared = [...byNetwork].filter(([, runs]) => areSeveral(runs)).map(([network]) => network);
  return { byName: groupBy(all, ({ of }) => of.name), byNetwork, shared };
}

/** Whether runs are of more than the one subject that another is of. */
function areSeveral(runs: readonly NovelRun[], first = runs[0]!): boolean {
  return runs.some(({ of }) => of.name !== first.of.name);
}
