import type { Exploring } from "../../detect/detectability.js";

/** What is seen of somebody who finds out what a key may do, in a sentence. */
export function exploringText({ fromUnknownNetwork: unknown, fromKnownNetwork: known }: Exploring): string {
  const from = (routes: number | null) => (routes === null ? "on no number of routes" : `on ${routes} routes`);
  return (
    `Somebody who is refused within 15 minutes on routes that never served the key is paged ${from(unknown)} from a network that never used it, ` +
    `and ${from(known)} from one that did.`
  );
}
