import type { NoveltyFacts } from "../../../store/check/novelty-fact.js";

/** What is new to keys, key by key. */
export function splitByKey({ addresses, systems, routes, clients }: NoveltyFacts): Map<string, NoveltyFacts> {
  const byKey = new Map<string, { [Kind in keyof NoveltyFacts]: NoveltyFacts[Kind][number][] }>();
  const of = (keyId: string) => {
    let own = byKey.get(keyId);
    if (own === undefined) byKey.set(keyId, (own = { addresses: [], systems: [], routes: [], clients: [] }));
    return own;
  };
  for (const fact of addresses) of(fact.keyId).addresses.push(fact);
  for (const fact of systems) of(fact.keyId).systems.push(fact);
  for (const fact of routes) of(fact.keyId).routes.push(fact);
  for (const fact of clients) of(fact.keyId).clients.push(fact);
  return byKey;
}

/** What is new to all of some keys. */
export function joinFacts(parts: readonly NoveltyFacts[]): NoveltyFacts {
  return {
    addresses: parts.flatMap(({ addresses }) => addresses),
    systems: parts.flatMap(({ systems }) => systems),
    routes: parts.flatMap(({ routes }) => routes),
    clients: parts.flatMap(({ clients }) => clients),
  };
}
