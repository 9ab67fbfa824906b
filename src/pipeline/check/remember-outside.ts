import type { KeyVersion } from "../../model/key/key.js";
import type { Store } from "../../store/store.js";
import type { CheckCache } from "./facts/check-cache.js";
import { readOutsideUses } from "./facts/outside-uses.js";
import type { SpanFigures } from "./leak/read-span.js";
import type { RuleStore } from "./rules/rule-evaluation.js";

interface Scene extends Pick<SpanFigures, "known" | "registry" | "observed"> {
  readonly store: Store;
  readonly memory: CheckCache;
  readonly rawAsOf: number | null;
  readonly keys: ReadonlyMap<string, KeyVersion>;
}

/** The store, which answers from memory what it can of uses outside the networks that the registry allows. */
export function rememberOutside({ store, memory, rawAsOf, keys, known, registry, observed }: Scene): RuleStore {
  if (rawAsOf !== null) return store;
  const scene = { store, memory, observed, novelty: known, registry };
  const readOutsideAllowed: RuleStore["check"]["readOutsideAllowed"] = async (allowed, span, asOf) =>
    // Under an earlier registry other networks were allowed.
    allowed.every(({ keyId, cidrs }) => keys.get(keyId)?.allowedCidrs === cidrs)
      ? readOutsideUses(scene, allowed, span)
      : store.check.readOutsideAllowed(allowed, span, asOf);
  return { ...store, check: { ...store.check, readOutsideAllowed } };
}
