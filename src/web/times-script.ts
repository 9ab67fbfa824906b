import { readFileSync } from "node:fs";
import { ownFile } from "../own-files.js";

/** What shows the times of a page in the reader's zone. */
export const TIMES_SCRIPT = readFileSync(ownFile("dist/src/web/times.js"), "utf8");
