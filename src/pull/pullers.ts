import { anthropic } from "./anthropic.js";
import { awsPuller } from "./aws.js";
import type { Puller } from "./define-puller.js";
import { github } from "./github.js";
import { openai } from "./openai.js";
import { openrouter } from "./openrouter.js";

/** Every provider whose reports can be read; events of AWS in these regions. */
export function pullersFor({
  PLIMSOLL_AWS_REGIONS: regions,
}: {
  readonly PLIMSOLL_AWS_REGIONS: readonly string[];
}): readonly Puller[] {
  return [openai, anthropic, openrouter, awsPuller(regions), github];
}

/** Their names. */
export const PROVIDERS: readonly string[] = pullersFor({ PLIMSOLL_AWS_REGIONS: [] }).map(({ name }) => name);
