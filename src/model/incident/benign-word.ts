import { networkAround } from "../network/address-cover.js";
import { parsePrefix, type Prefix } from "../network/address.js";

/** A person's word that an incident of a key was benign: whom it told of belongs to the key from then on. */
export interface BenignWord {
  readonly keyId: string;
  /** Epoch ms. */
  readonly saidAt: number;
  readonly saidBy: string;
  /** Blocks (CIDR) that its findings blamed. */
  readonly networks: readonly string[];
  /** Programs and routes that were new in the same minutes. */
  readonly programs: readonly string[];
  readonly routes: readonly string[];
}

/** Words older than this (ms) say nothing that is not known anyway: what a key has used for so long is not new to it. */
export const WORDS_COUNT_MS = 60 * 86_400_000;
/** A block that is wider says nothing of who is in it: an incident that blamed more than 128 networks vouches for none of them. */
const WIDEST = { v4: 16, v6: 32 };

/** The networks that a word makes familiar: the /24 around an address (IPv6 /64), and a block as it is. */
export function vouchedNetworks({ networks }: Pick<BenignWord, "networks">): readonly Prefix[] {
  return networks.flatMap((network) => {
    const block = parsePrefix(network);
    const isTold = block !== null && block.bits >= (block.words.length === 1 ? WIDEST.v4 : WIDEST.v6);
    return isTold ? [networkAround(block)] : [];
  });
}
