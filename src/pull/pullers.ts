import { anthropic } from "./anthropic.js";
import type { Puller } from "./define-puller.js";
import { openai } from "./openai.js";
import { openrouter } from "./openrouter.js";

/** Every provider whose reports can be read. */
export const PULLERS: readonly Puller[] = [openai, anthropic, openrouter];
