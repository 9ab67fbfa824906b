import { vouchedNetworks, type BenignWord } from "../../../model/incident/benign-word.js";
import type { Lineages } from "../../../model/key/lineage.js";
import { isWithin } from "../../../model/network/address-cover.js";
import { parsePrefix, type Prefix } from "../../../model/network/address.js";
import type { TickSpan } from "../../../time/ticks.js";
import { groupBy } from "../../../model/group-by.js";
import type { NovelPiece, NovelRun, RunValue } from "./novel-piece.js";

/** What people vouched for, of one key. */
interface Vouched {
  readonly networks: readonly Prefix[];
  readonly programs: ReadonlySet<string>;
  readonly routes: ReadonlySet<string>;
}

/**
 * Novel traffic without what people said was benign: an incident's networks (the /24 around an address, IPv6 /64), programs and routes are no news of its key any
 * more, nor of a key that succeeds it. What lies outside the networks that the registry allows stays so: that is the owner's own word. What is left of a piece is
 * kept while people say the same: what is worked out of it is kept as long as it is the same one.
 */
export class VouchedFor {
  #stamp = "";
  #lineages: Lineages | null = null;
  #left = new WeakMap<NovelPiece, NovelPiece>();

  /** Pieces without what was vouched for. */
  without(pieces: readonly NovelPiece[], words: readonly BenignWord[], lineages: Lineages): readonly NovelPiece[] {
    if (words.length === 0) return pieces;
    const stamp = JSON.stringify(words);
    if (stamp !== this.#stamp || lineages !== this.#lineages) this.#left = new WeakMap();
    [this.#stamp, this.#lineages] = [stamp, lineages];
    const missing = pieces.filter((piece) => !this.#left.has(piece));
    for (const [i, left] of withoutVouched(missing, words, lineages).entries()) this.#left.set(missing[i]!, left);
    return pieces.map((piece) => this.#left.get(piece)!);
  }
}

function withoutVouched(
  pieces: readonly NovelPiece[],
  words: readonly BenignWord[],
  lineages: Lineages,
): readonly NovelPiece[] {
  const vouched = vouchedByKey(words);
  const of = (keyId: string) =>
    [keyId, ...(lineages.get(keyId) ?? [])].map((id) => vouched.get(id)).filter((one) => one !== undefined);
  return pieces.map((piece) => {
    const runs = piece.runs.flatMap((run) => strangeIn(run, of(run.of.keyId)));
    const isSame = runs.length === piece.runs.length && runs.every((run, i) => run === piece.runs[i]);
    return isSame ? piece : { from: piece.from, runs };
  });
}

/** A span in the stretches that are judged alike: what a person says counts from the next tick on. */
export function splitAtWords(span: TickSpan, words: readonly BenignWord[]): readonly TickSpan[] {
  const stretches = groupBy(span.ticks, (tick) => String(words.filter(({ saidAt }) => saidAt <= tick).length));
  return stretches.size < 2 ? [span] : [...stretches.values()].map((ticks) => ({ hour: span.hour, ticks }));
}

function vouchedByKey(words: readonly BenignWord[]): Map<string, Vouched> {
  const found = new Map<string, { networks: Prefix[]; programs: Set<string>; routes: Set<string> }>();
  for (const word of words) {
    const { keyId, programs, routes } = word;
    const own = found.get(keyId) ?? { networks: [], programs: new Set(), routes: new Set() };
    found.set(keyId, own);
    own.networks.push(...vouchedNetworks(word));
    for (const program of programs) own.programs.add(program);
    for (const route of routes) own.routes.add(route);
  }
  return found;
}

/** What is left of a run as news: all of it, nothing, or that it is outside of what is allowed. */
function strangeIn(run: NovelRun, vouched: readonly Vouched[]): readonly NovelRun[] {
  const { of } = run;
  if (vouched.length === 0 || !isVouched(of, vouched)) return [run];
  const at = of.levels.indexOf("outside_allowed");
  if (at < 0) return [];
  const only = <T>(values: readonly T[]): readonly T[] => [values[at]!];
  const left = { levels: only(of.levels), seenAt: only(of.seenAt), levelIndexes: only(of.levelIndexes) };
  return [{ ...run, of: { ...of, ...left } }];
}

function isVouched({ levels, value }: RunValue, vouched: readonly Vouched[]): boolean {
  if (levels.includes("client")) return vouched.some(({ programs }) => programs.has(value));
  if (levels.includes("route")) return vouched.some(({ routes }) => routes.has(value));
  const address = parsePrefix(value);
  return address !== null && vouched.some(({ networks }) => networks.some((network) => isWithin(address, network)));
}
