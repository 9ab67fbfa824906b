import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../helpers/run-cli.js";

test("a misspelt option is answered with the one that was meant, also where the command needs it", async () => {
  const asked: readonly (readonly [readonly string[], string])[] = [
    [["backtest", "--event", "x.ndjson"], "--events"],
    [["backtest", "--evnts=x.ndjson"], "--events"],
    [["simulate", "--outt", "dir"], "--out"],
    [["try", "--jsn", "x.log"], "--json"],
  ];
  for (const [args, meant] of asked) {
    const { code, stderr } = await runCli(args, {});
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`^error: unknown option '--\\w+'\\n\\(Did you mean ${meant}\\?\\)\\n$`),
      args.join(" "),
    );
  }
  assert.match((await runCli(["backtest", "--json"], {})).stderr, /required option '--events <file>' not specified/);
});
