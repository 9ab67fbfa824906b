import { readFileSync } from "node:fs";

/** What shows the times of a page in the reader's zone. */
export const TIMES_SCRIPT = readFileSync(new URL("times.js", import.meta.url), "utf8");
