#!/usr/bin/env node
/**
 * The command line as npm links it. It is committed, not built: npx remembers what a folder holds the first time that it is asked, and a command
 * that was not built yet would stay missing for good. What a clone lacks it has made first, as `npm start` does.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const has = (path) => existsSync(new URL(path, root));

// A package has no sources, and comes built.
if (has("src/main.ts") && !(has("dist/.built") && has("node_modules"))) {
  const folder = fileURLToPath(root);
  // All that npm says goes to stderr: on stdout may be JSON that is read by a program.
  const made = spawnSync("npm", ["run", "--silent", "ready"], { cwd: folder, stdio: ["ignore", 2, 2] });
  if (made.status !== 0) {
    process.stderr.write(`error: plimsoll is not built, and could not be. In ${folder} run: npm ci && npm run build\n`);
    process.exit(3);
  }
}
await import("../dist/bundle/main.js");
