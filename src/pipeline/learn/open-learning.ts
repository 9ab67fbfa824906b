import type { Thresholds } from "../../detect/threshold.js";
import type { Lineages } from "../../model/key/lineage.js";
import type { RegistryStore } from "../../store/registry/registry-store.js";
import type { Store } from "../../store/store.js";

/** A closed day that is being learned. */
export interface OpenLearning {
  readonly store: Store;
  readonly limits: Thresholds;
  readonly day: string;
  readonly start: number;
  readonly observed: boolean;
  /** Epoch ms as of which snapshots of earlier days are read, those included that this run has just written. */
  readonly computedAt: number;
  readonly keys: Awaited<ReturnType<RegistryStore["readKeys"]>>;
  readonly lineages: Lineages;
  readonly shares: Float64Array | null;
}
