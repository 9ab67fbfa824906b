import type { FirstDays, PeerKind } from "../model/key/founding.js";

/** The other keys that a new one is compared with. */
export const PEERS_TEXTS: Readonly<Record<PeerKind, string>> = {
  owner: "the other keys of its owner",
  service: "the other keys of its service",
  provider: "the other keys of its provider",
  fleet: "all other keys",
};

/** The same where something was seen for none of them. */
const ANY_TEXTS: Readonly<Record<PeerKind, string>> = {
  owner: "any other key of its owner",
  service: "any other key of its service",
  provider: "any other key of its provider",
  fleet: "any other key",
};

/** For whom something is new: `this key`, and in the first days of a new key those that it is compared with. */
export function newToText(firstDays: FirstDays | null): string {
  const peers = firstDays?.peers ?? null;
  return peers === null ? "this key" : `this key or ${ANY_TEXTS[peers]}`;
}

/** What a key in its first days was compared with, as the begin of a sentence, and what it is an example of. */
export function comparisonText({ kind, peers }: FirstDays): { readonly own: string; readonly example: string } {
  if (kind === "dormant" || peers === null) {
    return {
      own: "This key was created more than 48 hours before its first use, so no network counts as its own yet",
      example: "such a key starts like this",
    };
  }
  return {
    own: `This key is in its first 48 hours and was compared with ${PEERS_TEXTS[peers]}, none of which had used that a week before`,
    example: "a new key starts like this",
  };
}
