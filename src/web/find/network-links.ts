import { parseWantedNetwork } from "../../model/network/wanted-network.js";
import { html, type Piece } from "../markup.js";
import { networkWay } from "./ways.js";

/** What an autonomous system, an address or a block may look like in a text; what is one, parseWantedNetwork says. */
const NETWORK =
  /\bAS\d{1,10}\b|(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f:.]*[0-9a-f:])(?:\/\d{1,3})?(?!\w|:\w)/gi;

/** A text in which every autonomous system, address and block leads to its page; `root` is the relative way to `/`. */
export function withNetworkLinks(text: string, root: string): Piece {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(NETWORK)) {
    // Lists write a colon after an address: of an IPv6 address it looks like a part.
    const name = match[0].replace(/(?<!:):$/, "");
    const wanted = parseWantedNetwork(name);
    if (wanted === null) continue;
    pieces.push(text.slice(from, match.index), html`<a href="${root}${networkWay(wanted.name)}">${name}</a>`);
    from = match.index + name.length;
  }
  return from === 0 ? text : [...pieces, text.slice(from)];
}
