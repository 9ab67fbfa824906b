import type { Target } from "./define-target.js";
import { webhook } from "./webhook.js";

/** Every kind of guard that can be asked. */
export const TARGETS: readonly Target[] = [webhook];
