import type { ParsedKey } from "../../model/key/parse-key.js";
import { planKeys, type KeyPlan } from "../../model/key/plan-keys.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";
import { joinHistories, type SeenStore } from "./join-histories.js";

/** What recording asks of the store. */
export type KeyStore = { readonly registry: Pick<RegistryStore, "readKeyVersions" | "insertKeys"> } & SeenStore;

/** Writes what entries change in the registry, in somebody's name, all of them or, when any clashes, none; repeating it changes nothing. */
export async function recordKeys(store: KeyStore, entries: readonly ParsedKey[], by = ""): Promise<KeyPlan> {
  const plan = planKeys(await joinHistories(store, entries), await store.registry.readKeyVersions("all"));
  if (plan.problems.length === 0) await store.registry.insertKeys(plan.versions, plan.token, by);
  return plan;
}
