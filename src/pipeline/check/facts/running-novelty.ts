import { countBelow } from "../../../model/count-below.js";
import { compareSeries, type NovelSeries } from "../../../store/check/novel-series.js";
import { MINUTE_MS } from "../../../time/day.js";
import { subjectKey } from "../../../model/subject.js";
import type { ObservedLog } from "./observed-log.js";
import { ReadMinutes, type Stretch } from "./read-minutes.js";

/** What was read of a span that goes on, and what stands for what is known to keys. */
interface Kept {
  readonly from: number;
  readonly until: number;
  readonly version: string;
  readonly rows: readonly NovelSeries[];
  readonly read: ReadMinutes;
}

/** Reads novel traffic of a stretch, minute by minute, counted from where it begins. */
type ReadSeries = (stretch: Stretch) => Promise<readonly NovelSeries[]>;

/** Novel traffic of the quarter of an hour that is judged: as it goes on, only the minutes that got rows are read. */
export class RunningNovelty {
  #kept: Kept | null = null;

  /** Novel traffic of a span (epoch ms), as of the rows that were counted; under another version all of it is read again. */
  async read(
    observed: ObservedLog,
    version: string,
    span: Stretch,
    readSeries: ReadSeries,
  ): Promise<readonly NovelSeries[]> {
    const { from, until } = span;
    const last = this.#kept;
    const goesOn = last !== null && last.from === from && last.version === version && last.until <= until;
    const read = goesOn ? last.read : new ReadMinutes();
    const changed = goesOn ? read.changed(observed, span) : span;
    let rows: readonly NovelSeries[];
    if (goesOn && changed === null) rows = last.rows;
    else {
      const since = changed?.from ?? from;
      const fresh = await readSeries({ from: since, until });
      rows = goesOn ? amended(last.rows, fresh, (since - from) / MINUTE_MS) : fresh;
    }
    read.note(observed, span);
    this.#kept = { from, until, version, rows, read };
    return rows;
  }
}

/** Rows of a span whose minutes from `cut` on were read again, counted from there. */
function amended(before: readonly NovelSeries[], fresh: readonly NovelSeries[], cut: number): NovelSeries[] {
  const byName = new Map<string, NovelSeries>();
  for (const row of before) {
    const end = countBelow(row.at, cut);
    if (end > 0) byName.set(nameOf(row), end === row.at.length ? row : withMinutes(row, [row, 0, end]));
  }
  for (const row of fresh) {
    const name = nameOf(row);
    const shifted = Object.assign({}, row, { at: row.at.map((minute) => minute + cut) });
    const known = byName.get(name);
    byName.set(
      name,
      known === undefined ? shifted : withMinutes(row, [known, 0, known.at.length], [shifted, 0, shifted.at.length]),
    );
  }
  return [...byName.values()].toSorted(compareSeries);
}

function withMinutes(row: NovelSeries, ...parts: readonly (readonly [NovelSeries, number, number])[]): NovelSeries {
  return Object.assign({}, row, {
    at: parts.flatMap(([part, from, end]) => part.at.slice(from, end)),
    requests: parts.flatMap(([part, from, end]) => part.requests.slice(from, end)),
    spendMicros: parts.flatMap(([part, from, end]) => part.spendMicros.slice(from, end)),
  });
}

const nameOf = (row: NovelSeries) =>
  `${subjectKey(row)} ${row.value} ${row.asn} ${row.networkType} ${row.levels.join()} ${row.seenAt.join()}`;
