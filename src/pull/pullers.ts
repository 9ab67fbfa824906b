import type { Puller } from "./define-puller.js";
import { openai } from "./openai.js";

/** Every provider whose reports can be read. */
export const PULLERS: readonly Puller[] = [openai];
