import { html, type Piece } from "../markup.js";
import { keyWay } from "./ways.js";

/** An id of a key, as the registry takes one. */
const ID = /[\w.:@/-]+/g;

/** Says which ids are of keys: a registry of many thousands is never copied for a text. */
export type KnownKeys = Pick<ReadonlySet<string>, "has">;

/** A text in which ids of known keys lead to their views; `root` is the relative way to `/`. */
export function withKeyLinks(text: string, known: KnownKeys, root: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ID)) {
    const keyId = match[0].replace(/[.:]+$/, "");
    if (!known.has(keyId)) continue;
    pieces.push(text.slice(from, match.index), html`<a href="${root}${keyWay(keyId)}">${keyId}</a>`);
    from = match.index + keyId.length;
  }
  return [...pieces, text.slice(from)];
}
