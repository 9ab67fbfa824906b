import type { NovelPiece } from "./novel-piece.js";
import { groupRuns, type PlacedRun } from "./novel-windows.js";
import type { SameCache } from "./stamped-cache.js";

/** Pieces that rows may still come in for: the quarter of an hour that is judged, and the one before. */
const LATEST = 2;

/** Runs of some pieces by their subjects, and by their networks where these have any. */
interface RunIndex {
  readonly byName: ReadonlyMap<string, readonly PlacedRun[]>;
  readonly byNetwork: ReadonlyMap<string, NetworkRuns>;
  /** Networks of more than one subject. */
  readonly shared: readonly string[];
}

/** Runs from one network, and whose these are. */
interface NetworkRuns {
  readonly runs: readonly PlacedRun[];
  readonly names: ReadonlySet<string>;
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
  runsOf(name: string): readonly PlacedRun[] {
    return [...(this.#earlier.byName.get(name) ?? []), ...(this.#latest.byName.get(name) ?? [])];
  }

  /** Networks (first address of a /24, IPv6 /64) that more than one subject was used from. */
  sharedNetworks(): readonly string[] {
    const isShared = (network: string) => {
      const names = [this.#earlier, this.#latest].flatMap(({ byNetwork }) => [
        ...(byNetwork.get(network)?.names ?? []),
      ]);
      return names.some((name) => name !== names[0]);
    };
    const latest = [...this.#latest.byNetwork.keys()].filter(isShared);
    return [...new Set([...this.#earlier.shared, ...latest])];
  }

  /** Runs from a network. */
  runsFrom(network: string): readonly PlacedRun[] {
    return [this.#earlier, this.#latest].flatMap(({ byNetwork }) => byNetwork.get(network)?.runs ?? []);
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
  const byName = groupRuns(pieces);
  const byNetwork = new Map<string, { readonly runs: PlacedRun[]; readonly names: Set<string> }>();
  for (const placed of [...byName.values()].flat()) {
    const { network, name } = placed.run;
    if (network === "") continue;
    let own = byNetwork.get(network);
    if (own === undefined) byNetwork.set(network, (own = { runs: [], names: new Set() }));
    own.runs.push(placed);
    own.names.add(name);
  }
  const shared = [...byNetwork].filter(([, { names }]) => names.size > 1).map(([network]) => network);
  return { byName, byNetwork, shared };
}
