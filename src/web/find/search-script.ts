import { readFileSync } from "node:fs";
import { ownFile } from "../../own-files.js";

/** The script of the search box. */
export const SEARCH_SCRIPT = readFileSync(ownFile("dist/src/web/find/search.js"), "utf8");
