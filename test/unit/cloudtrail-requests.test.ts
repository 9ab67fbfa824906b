import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCloudTrailRecord } from "../../src/import/cloudtrail-record.js";
import { newTotals } from "../../src/import/import-report.js";
import { joinRequests } from "../../src/import/join-requests.js";
import { readPortions } from "../../src/import/read-portions.js";
import type { ImportedRecord, WireEvent } from "../../src/import/wire-event.js";

describe("a request's records", () => {
  const record = (changes: object) => {
    const userIdentity = { accessKeyId: "AKIAEXAMPLE000000001" };
    const found = parseCloudTrailRecord({
      eventTime: "2026-03-08T02:11:00Z",
      eventName: "Get",
      eventID: "a",
      userIdentity,
      ...changes,
    });
    assert.ok("event" in found);
    return found;
  };

  it("are joined in whatever order they come, and a correction that changes the key takes the first one's place", () => {
    const first = record({ requestID: "r" });
    const echo = record({ requestID: "r", eventID: "b", eventType: "AwsVpceEvent" });
    const fixed = record({
      requestID: "r",
      eventID: "c",
      userIdentity: { accessKeyId: "AKIAEXAMPLE000000002" },
      addendum: { reason: "UPDATED_DATA", originalEventID: "a" },
    });
    for (const order of [
      [first, echo],
      [echo, first],
      [echo, echo, first],
    ]) {
      assert.deepEqual(joinRequests(order).events, [first.event]);
    }
    for (const order of [
      [first, fixed],
      [fixed, first],
    ]) {
      const { events } = joinRequests(order);
      assert.deepEqual(
        events.map(({ id, key_id }) => [id, key_id]),
        [["a", "AKIAEXAMPLE000000002"]],
      );
    }
    assert.equal(joinRequests([echo, echo]).events.length, 1, "an endpoint's record alone is the request");
    const two = [record({ requestID: "x", eventID: "1" }), record({ requestID: "x", eventID: "2" })];
    assert.equal(joinRequests(two).events.length, 2, "a call may have several events of its own");
  });

  for (const [errorCode, status] of [
    ["VpceAccessDenied", 403],
    ["AuthorizationError", 403],
    ["ForbiddenException", 403],
    ["UnauthorizedException", 403],
    ["InternalFailure", 500],
    ["InternalServerError", 500],
    ["Server.InternalError", 500],
    ["ServiceUnavailable", 503],
    ["Client.InvalidParameterValue", 400],
    ["InternetGatewayNotFound", 400],
  ] as const) {
    it(`have status ${status} for error code ${errorCode}`, () => {
      assert.equal(record({ errorCode }).event.status, status);
    });
  }

  it("give bytes that went out and the role behind a session, and nothing else of what only AWS's bodies hold", () => {
    const { event } = record({
      additionalEventData: { bytesTransferredOut: 4096, "x-amz-id-2": "body" },
      userIdentity: {
        accessKeyId: "ASIAEXAMPLE000000001",
        arn: "arn:aws:sts::111122223333:assumed-role/app/i-1",
        sessionContext: { sessionIssuer: { arn: "arn:aws:iam::111122223333:role/app" }, attributes: { token: "body" } },
      },
    });
    assert.deepEqual([event.bytes, event.principal], [4096, "arn:aws:iam::111122223333:role/app"]);
    assert.doesNotMatch(JSON.stringify(event), /body/);
  });

  const assumed = "arn:aws:sts::111122223333:assumed-role/app";
  const user = "arn:aws:iam::111122223333:user/app";
  for (const { name, keyId, arn, principal, holder } of [
    { name: "a session of a user", keyId: "ASIAEXAMPLE000000001", arn: user, principal: user },
    { name: "a session without its issuer", keyId: "ASIAEXAMPLE000000001", arn: `${assumed}/i-1`, principal: assumed },
    { name: "a key that lasts", keyId: "AKIAEXAMPLE000000001", arn: user, holder: user },
  ]) {
    it(`name who ${name} is of, and as the principal only of what is short-lived`, () => {
      const parsed = record({ userIdentity: { accessKeyId: keyId, arn } });
      assert.deepEqual([parsed.event.key_id, parsed.event.principal, parsed.holder], [keyId, principal, holder]);
    });
  }

  it("are not led to another key by what a caller may choose in the text of an identity", () => {
    const text = (userName: string) =>
      `{type=IAMUser, arn=arn:aws:iam::1:user/${userName}, invokedby=null, username=${userName}, accesskeyid=AKIAEXAMPLE000000001}`;
    for (const name of [
      "accesskeyid=AKIAEXAMPLE000000666",
      "a,accesskeyid=AKIAEXAMPLE000000666",
      "x=accesskeyid=AKIAEXAMPLE000000666",
    ]) {
      assert.equal(record({ userIdentity: text(name) }).event.key_id, "AKIAEXAMPLE000000001", name);
    }
  });
});

for (const { byPrincipal, principal } of [
  { byPrincipal: false, principal: undefined },
  { byPrincipal: true, principal: "arn:aws:iam::111122223333:user/app" },
]) {
  it(`a key that lasts ${byPrincipal ? "counts for its user with" : "counts by itself without"} --key-by principal, and is named either way`, async () => {
    const userIdentity = { accessKeyId: "AKIAEXAMPLE000000001", arn: "arn:aws:iam::111122223333:user/app" };
    const reader = async function* (): AsyncGenerator<ImportedRecord> {
      const parsed = parseCloudTrailRecord({ eventTime: "2026-03-08T02:11:00Z", eventName: "Get", userIdentity });
      yield { ...parsed, from: { file: "trail", record: 1 } };
    };
    const found: WireEvent[] = [];
    const options = { reader, byPrincipal, most: 10, onRead: () => undefined };
    for await (const portion of readPortions(["trail"], options, newTotals())) found.push(...portion);
    assert.deepEqual(
      found.map((event) => [event.key_id, event.principal]),
      [["AKIAEXAMPLE000000001", principal]],
    );
  });
}
