import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeCertificate } from "../../src/local/pagerduty/certificate.js";
import { startTied } from "../../src/local/services/child-process.js";
import { freePort } from "../../src/local/services/free-port.js";
import { readText } from "../helpers/source-tree.js";
import { until } from "../helpers/until.js";

const [, script = ""] = /pagerduty\.mjs <<'END'\n([^]*?)\nEND\n/.exec(readText("docs/first-hour.md")) ?? [];

test("the receiver of the first hour prints a page as it is sent: each entry of a list on a line of its own", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "plimsoll-first-hour-"));
  const port = await freePort();
  const { cert, private: key } = await makeCertificate();
  writeFileSync(join(dir, "cert.pem"), cert);
  writeFileSync(join(dir, "key.pem"), key);
  writeFileSync(join(dir, "receiver.mjs"), script.replaceAll("/tmp/first-hour", dir).replace("9443", String(port)));
  const output = join(dir, "log");
  const child = startTied(
    "/bin/sh",
    ["-c", 'exec "$@" >"$0" 2>&1', output, process.execPath, join(dir, "receiver.mjs")],
    {
      PATH: process.env["PATH"],
    },
  );
  t.after(async () => {
    await child.kill();
    rmSync(dir, { recursive: true, force: true });
  });
  const event = {
    event_action: "trigger",
    dedup_key: "d1",
    payload: {
      severity: "error",
      summary: "s",
      custom_details: { still_going: "yes", new_networks: ["one, AS1", "two"] },
    },
  };
  const send = async () =>
    new Promise<number | undefined>((resolve) => {
      const options = { host: "localhost", port, method: "POST", ca: cert };
      request(options, (answer) => resolve(answer.resume().statusCode))
        .on("error", () => resolve(undefined))
        .end(JSON.stringify(event));
    });
  assert.equal(await until("it answers", send), 202);
  assert.match(
    readFileSync(output, "utf8"),
    /^\ntrigger d1\nerror s\n  still_going: yes\n  new_networks: one, AS1\n  new_networks: two\n$/,
  );
});
