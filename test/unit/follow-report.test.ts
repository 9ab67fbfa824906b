import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runCli } from "../helpers/run-cli.js";

test("the report of a follower counts the events and the log that it sent, and an empty line is no empty file", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-follow-report-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const server = createServer((request, response) => {
    let lines = 0;
    request.on("data", (chunk: Buffer) => (lines += chunk.toString("latin1").split("\n").length - 1));
    request.on("end", () =>
      response.writeHead(202).end(JSON.stringify({ accepted: lines, rejected: 0, repeated: false, errors: [] })),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const env = {
    PLIMSOLL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PLIMSOLL_INGEST_TOKENS: "test:a-token-of-a-test-1",
  };
  const line = (second: number, address: string) =>
    `${address} - ann [26/Nov/2026:12:57:0${second} +0000] "GET /v1/cards HTTP/1.1" 200 434 "-" "curl/8"\n`;
  const log = `${line(1, "198.51.100.7")}${line(2, "not-an-address")}nonsense\n\n${line(3, "198.51.100.7")}`;
  const args = ["import", "nginx", "--key-from", "user", "--follow", "-"];
  const run = await runCli(args, env, log, dir);
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^read +4 records in 1 file, 3 events\n +not imported: 1 not_a_record .*record 3\)\n/);
  assert.match(run.stdout, /source is not an address: 1\nspan +2026-11-26T12:57:01.000Z to 2026-11-26T12:57:03.000Z\n/);
  assert.match(run.stdout, /sent +3 in 1 batch\naccepted +3\nrejected +0\n$/);
  assert.ok(!/no files found|empty/.test(run.stdout));
  const report = JSON.parse((await runCli([...args, "--json"], env, "\n", dir)).stdout) as Record<string, unknown>;
  assert.deepEqual([report["files"], report["read"], report["events"], report["empty_files"]], [1, 0, 0, []]);
});
