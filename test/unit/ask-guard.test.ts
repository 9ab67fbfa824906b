import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import * as fc from "fast-check";
import type { Asked } from "../../src/guard/define-target.js";
import { parseGuards, type Guard } from "../../src/guard/parse-guards.js";
import { showRequest } from "../../src/guard/show-request.js";
import type { ContainmentCall } from "../../src/model/incident/containment.js";
import { DAY, T } from "../helpers/incident-parts.js";

const TOKEN = `kong"admin/token&of<the>test`;
const SIGNING = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const IAM_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
let [server, base] = [] as unknown as [Server, string];
let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
const met: string[] = [];

before(async () => {
  server = createServer((request, response) => {
    met.push(request.url!);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

function guardOf(fields: object): Guard {
  const parsed = parseGuards(JSON.stringify({ edge: fields }));
  if ("problems" in parsed) throw new Error(parsed.problems.join("; "));
  return parsed.guards.get("edge")!;
}
const kong = () => guardOf({ type: "kong", url: base, token: TOKEN });
const webhook = (query = "") => guardOf({ type: "webhook", url: `${base}/hook${query}`, secret: SIGNING });
const aws = () =>
  guardOf({ type: "aws", url: `${base}/`, access_key: `AKIAIOSFODNN7EXAMPLE:${IAM_SECRET}:session/token+of+the+test` });

function asked(changed: Partial<ContainmentCall> = {}): Asked {
  const call: ContainmentCall = {
    callId: "leak/k/1/apply/2",
    containmentId: "leak/k/1/2",
    incidentId: "leak/k/1",
    keyId: "k",
    guard: "edge",
    guardRef: "acme",
    effect: "apply",
    action: "deny_networks",
    networks: ["198.51.100.4"],
    limitPerMinute: null,
    until: T + DAY,
    step: 2,
    at: T,
    ...changed,
  };
  return { call, desired: call.effect === "undo" ? null : call };
}

const say = (status: number, text: string, headers: Record<string, string> = {}) => {
  answer = (_request, response) => void response.writeHead(status, headers).end(text);
};
const send = async (guard: Guard, changed: Partial<ContainmentCall> = {}, timeoutMs = 5000) =>
  guard.send(asked(changed), { at: T, timeoutMs });

describe("what a guard answers", () => {
  it("is done only in its own words: a login page's 200, and a 404 of another program, are refused with what to look at", async () => {
    const undo = { effect: "undo" } as const;
    say(200, "<!doctype html><title>Kong Manager</title>");
    for (const guard of [kong(), aws()]) {
      for (const changed of [{}, undo]) {
        const verdict = await send(guard, changed);
        assert.ok(verdict.kind === "refused" && verdict.status === 200, JSON.stringify(verdict));
        assert.match(verdict.problem, /that is no answer of such a guard: check its url in PLIMSOLL_GUARDS$/);
      }
    }
    say(200, `{"id":"another","name":"ip-restriction"}`);
    assert.equal((await send(kong())).kind, "refused");
    say(404, `{"message":"no Route matched with those values"}`);
    assert.equal((await send(kong(), undo)).kind, "refused");
    say(404, "<html>not here</html>");
    assert.equal((await send(aws(), undo)).kind, "refused");
    say(404, `{"message":"Not found"}`);
    assert.equal((await send(kong(), undo)).kind, "sent");
    assert.equal((await send(kong())).kind, "refused", "nothing to put it on");
  });

  it("leads nowhere else: a redirect is refused, and what it points to is not asked", async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      say(status, "", { location: `${base}/elsewhere` });
      met.length = 0;
      const verdict = await send(webhook());
      assert.ok(verdict.kind === "refused" && /redirects are not followed/.test(verdict.problem));
      assert.deepEqual(met, ["/hook"]);
    }
  });

  it("may never come, or never end: silence is tried again, a refusal whose text goes on for ever is one", async () => {
    answer = () => {};
    const silent = await send(webhook(), {}, 200);
    assert.deepEqual(silent, {
      kind: "retry",
      status: 0,
      problem: "does not answer: no answer within 0.2 s",
      retryAfterMs: null,
    });
    answer = (_request, response) => void response.writeHead(422).write("no such key");
    const endless = await send(webhook(), {}, 200);
    assert.deepEqual(endless, { kind: "refused", status: 422, problem: "answered 422: no such key" });
    answer = (_request, response) => void response.writeHead(200).write("<PutUser");
    assert.equal((await send(aws(), {}, 200)).kind, "retry", "it may have been a yes");
    answer = (_request, response) => void response.writeHead(204).end();
    assert.deepEqual(await send(webhook()), { kind: "sent", status: 204 });
  });

  it("shows no secret of the guard and not its address, in whatever form it comes back", async () => {
    const cases: readonly (readonly [Guard, readonly string[]])[] = [
      [kong(), [TOKEN]],
      [webhook(), [SIGNING, SIGNING.slice(6)]],
      [
        webhook("?token=what-the-query-holds"),
        ["what-the-query-holds", "/hook?token=what-the-query-holds", `${base}/hook`],
      ],
      [aws(), [IAM_SECRET, "session/token+of+the+test"]],
    ];
    const html = (text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => JSON.stringify({ error: text }),
      (text) => JSON.stringify({ error: text }).replaceAll("/", "\\/"),
      html,
      encodeURIComponent,
      (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
    ];
    for (const [guard, secrets] of cases)
      for (const secret of secrets)
        for (const form of forms)
          for (const status of [200, 403, 503]) {
            if (status === 200 && guard.type === "webhook") continue;
            say(status, `you sent ${form(secret)}`);
            const verdict = await send(guard);
            assert.ok(verdict.kind !== "sent");
            assert.match(verdict.problem, /you sent .*\[secret\]/);
            for (const part of [secret.slice(0, 10), secret.slice(-10), new URL(base).host])
              assert.ok(!verdict.problem.includes(part), verdict.problem);
          }
  });
});

describe("a call", () => {
  it("goes to its own place and asks for its own thing, whatever the key is called", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/^\.{1,2}$/.test(text)),
        (guardRef) => {
          const [request] = kong().show(asked({ guardRef, keyId: guardRef }));
          assert.equal(request!.url.host, new URL(base).host);
          const [, consumers, consumer, plugins, id, ...more] = request!.url.pathname.split("/");
          assert.deepEqual([consumers, plugins, more], ["consumers", "plugins", []]);
          assert.equal(decodeURIComponent(consumer!), guardRef);
          assert.match(id!, /^[0-9a-f-]{36}$/);
          assert.deepEqual([request!.url.search, request!.url.hash], ["", ""]);
          const form = new URLSearchParams(aws().show(asked({ guardRef }))[0]!.body!);
          assert.deepEqual([...form.keys()], ["Action", "Version", "UserName", "PolicyName", "PolicyDocument"]);
          assert.equal(form.get("UserName"), guardRef);
          const { data } = JSON.parse(webhook().show(asked({ keyId: guardRef }))[0]!.body!) as { data: object };
          assert.equal((data as { key_id: string }).key_id, guardRef);
        },
      ),
    );
  });

  it("is shown without what stands behind the ? of its address, and sent with it", async () => {
    const guard = webhook("?token=of-the-test");
    const shown = guard.show(asked()).map(showRequest).join("\n");
    assert.match(shown, /^POST http:\/\/127\.0\.0\.1:\d+\/hook\?…\n/);
    assert.ok(!shown.includes("of-the-test"));
    say(204, "");
    met.length = 0;
    assert.equal((await send(guard)).kind, "sent");
    assert.deepEqual(met, ["/hook?token=of-the-test"]);
  });
});
