import { readFileSync } from "node:fs";

/** The script of the search box. */
export const SEARCH_SCRIPT = readFileSync(new URL("search.js", import.meta.url), "utf8");
