import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { signaturesOf } from "../helpers/aws-signature.js";
import { guardsOf, openContainStory, type ContainStory } from "../helpers/contain-story.js";
import { findInText } from "../helpers/find-traces.js";

const SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";
const users = new Map<string, Map<string, unknown>>([["deployer", new Map()]]);
let [story, server] = [] as unknown as [ContainStory, Server];

/** IAM's query API for inline policies of users, to who signs by Signature Version 4. */
async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request);
  const headers = request.headers as Record<string, string>;
  const asked = { method: request.method!, headers, body } as unknown as Parameters<typeof signaturesOf>[0];
  const { given, expected, scope } = signaturesOf(asked, SECRET);
  const fields = Object.fromEntries(new URLSearchParams(body));
  const fail = (status: number, code: string) =>
    response.writeHead(status).end(`<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`);
  if (given !== expected || !scope.endsWith("/us-east-1/iam/aws4_request"))
    return void fail(403, "SignatureDoesNotMatch");
  const policies = users.get(fields["UserName"]!);
  if (policies === undefined) return void fail(404, "NoSuchEntity");
  if (fields["Action"] === "PutUserPolicy") policies.set(fields["PolicyName"]!, JSON.parse(fields["PolicyDocument"]!));
  else if (!policies.delete(fields["PolicyName"]!)) return void fail(404, "NoSuchEntity");
  response.writeHead(200).end(`<${fields["Action"]}Response/>`);
}

before(async () => {
  server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const guards = guardsOf({
    iam: { type: "aws", url, access_key: `AKIAIOSFODNN7EXAMPLE:${SECRET}` },
    wrong: { type: "aws", url, access_key: "AKIAIOSFODNN7EXAMPLE:anothersecret00000" },
  });
  story = await openContainStory({ guardOf: (name) => guards.get(name) });
});
after(async () => {
  server.close();
  await story.close();
});

const policiesOf = (user: string) => Object.fromEntries(users.get(user)!);

test("AWS denies the unknown sources, and everything, to the user by policies of our own, and undo takes away only these", async () => {
  users.get("deployer")!.set("own", { Version: "2012-10-17" });
  const id = await story.leak("AKIAEXAMPLE", { guard: "iam", guardRef: "deployer" });
  await story.contain(id);
  await story.contain(id, { action: "freeze" });
  await story.pass();
  const deny = { Sid: "Plimsoll", Effect: "Deny", Action: "*", Resource: "*" };
  const from = { IpAddress: { "aws:SourceIp": ["198.51.100.4"] } };
  assert.deepEqual(policiesOf("deployer"), {
    own: { Version: "2012-10-17" },
    "plimsoll-deny_networks": { Version: "2012-10-17", Statement: [{ ...deny, Condition: from }] },
    "plimsoll-freeze": { Version: "2012-10-17", Statement: [deny] },
  });
  users.get("deployer")!.delete("plimsoll-freeze");
  await story.undo(id);
  assert.equal((await story.pass()).left, 0, "what somebody took away already is undone");
  assert.deepEqual(policiesOf("deployer"), { own: { Version: "2012-10-17" } });
});

test("what AWS cannot do, a user that it does not know and a key that it does not take are said, without the secret", async () => {
  const throttled = await story.contain(await story.leak("AKIATHROTTLE", { guard: "iam" }), { action: "throttle" });
  assert.match(JSON.stringify(throttled), /the guard iam \(aws\) cannot throttle: it can deny_networks, freeze/);
  const unknown = await story.leak("AKIAUNKNOWN", { guard: "iam", guardRef: "nobody" });
  const wrong = await story.leak("AKIAWRONG", { guard: "wrong", guardRef: "deployer" });
  await story.contain(unknown);
  await story.contain(wrong);
  await story.pass();
  assert.match(
    (await story.told(unknown)).at(-1)!,
    /^refused: .*answered 404.*NoSuchEntity.*check guard_ref of the key/,
  );
  assert.match(
    (await story.told(wrong)).at(-1)!,
    /^refused: .*answered 403.*SignatureDoesNotMatch.*check the secret of this guard/,
  );
  const all = [...(await story.told(unknown)), ...(await story.told(wrong))].join("\n");
  assert.deepEqual(findInText("told", all, { key: SECRET, other: "anothersecret00000" }), []);
});
