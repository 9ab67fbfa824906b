import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { readNotification } from "../../src/destination/notification.js";
import { parseDestinations } from "../../src/destination/parse-destinations.js";
import { T } from "../helpers/incident-parts.js";

let server = undefined as unknown as Server;
let answer: (response: ServerResponse) => void = () => {};
before(async () => {
  server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function verdictOn(how: typeof answer, timeoutMs = 5000) {
  answer = how;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/abcdefghijklmnop`;
  const parsed = parseDestinations(JSON.stringify({ chat: { type: "slack", url } }));
  assert.ok("destinations" in parsed);
  const ids = { pageId: "i/1", incidentId: "i", keyId: null, dedupKey: "k", step: 1, place: 0, routingRef: null };
  const kind = { topic: "incident", isMinimal: false, action: "trigger", severity: "critical" } as const;
  return parsed.destinations.get("chat")!.send(readNotification({ ...ids, ...kind, body: "{}" }), { at: T, timeoutMs });
}

test("Slack took what it says ok to: an empty 200, part of the word or a login page is refused with what to look at", async () => {
  assert.equal((await verdictOn((response) => void response.end("ok\n"))).kind, "sent");
  for (const said of ["", " ", "o", "okay", "<!doctype html><title>Sign in</title>"]) {
    const verdict = await verdictOn((response) => void response.end(said));
    assert.ok(verdict.kind === "refused", `${said}: ${verdict.kind}`);
    assert.match(verdict.problem, /check its type and url in PLIMSOLL_DESTINATIONS/);
  }
});

test("of an answer whose rest did not come in time the 200 counts; where the other side cut it off, the message is tried again", async () => {
  const begun = (response: ServerResponse) => response.writeHead(200, { "content-length": "2" });
  assert.equal((await verdictOn((response) => begun(response).flushHeaders(), 300)).kind, "sent");
  assert.equal((await verdictOn((response) => void begun(response).write("o"), 300)).kind, "sent");
  const cut = await verdictOn((response) => begun(response).write("o", () => response.destroy()));
  assert.equal(cut.kind, "retry");
});
