import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ConfigError, readConfig } from "../../src/config.js";
import { beginLogin } from "../../src/web/oidc/begun-login.js";
import { IssuerError, openIssuer } from "../../src/web/oidc/issuer.js";

const GOOD = {
  PLIMSOLL_BASE_URL: "https://plimsoll.example",
  PLIMSOLL_OIDC_ISSUER: "https://id.example/realms/corp",
  PLIMSOLL_OIDC_CLIENT_ID: "plimsoll",
  PLIMSOLL_OIDC_CLIENT_SECRET: "client-secret-of-this-test",
  PLIMSOLL_OIDC_READ_GROUPS: "dev, ops",
};

const problemsOf = (changed: Readonly<Record<string, string | undefined>>): readonly string[] => {
  try {
    readConfig({ ...GOOD, ...changed });
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
};

test("settings of a sign-in by OpenID Connect that do not fit together are an error at the start, which names the setting and the fix, and no secret", () => {
  assert.deepEqual(problemsOf({}), []);
  assert.deepEqual(readConfig(GOOD).PLIMSOLL_OIDC_READ_GROUPS, ["dev", "ops"]);
  const bad: readonly (readonly [Readonly<Record<string, string | undefined>>, RegExp])[] = [
    [{ PLIMSOLL_OIDC_ISSUER: undefined }, /^PLIMSOLL_OIDC_ISSUER is not set, .*set it to the issuer's URL/],
    [{ PLIMSOLL_OIDC_CLIENT_ID: undefined }, /^PLIMSOLL_OIDC_CLIENT_ID is not set: register/],
    [{ PLIMSOLL_BASE_URL: undefined }, /^PLIMSOLL_BASE_URL is not set: /],
    [{ PLIMSOLL_BASE_URL: "http://plimsoll.example" }, /^PLIMSOLL_BASE_URL must be an https:\/\/ URL/],
    [{ PLIMSOLL_BASE_URL: "https://user:secret@plimsoll.example" }, /^PLIMSOLL_BASE_URL must not contain a user/],
    [
      { PLIMSOLL_BASE_URL: "https://plimsoll.example/?a=b" },
      /^PLIMSOLL_BASE_URL must not contain a user, password, query/,
    ],
    [{ PLIMSOLL_OIDC_READ_GROUPS: undefined }, /nobody could sign in, so name the groups/],
    [{ PLIMSOLL_OIDC_READ_GROUPS: "dev,,ops" }, /^PLIMSOLL_OIDC_READ_GROUPS must be names of groups/],
    [{ PLIMSOLL_OIDC_ISSUER: "http://id.example" }, /^PLIMSOLL_OIDC_ISSUER must be the issuer's https/],
    [{ PLIMSOLL_OIDC_ISSUER: "https://user:secret@id.example" }, /^PLIMSOLL_OIDC_ISSUER must be/],
    [{ PLIMSOLL_OIDC_REQUIRED_CLAIM: "hd" }, /^PLIMSOLL_OIDC_REQUIRED_CLAIM must be name=value/],
    [{ PLIMSOLL_OIDC_SCOPES: "email" }, /^PLIMSOLL_OIDC_SCOPES must contain openid/],
  ];
  for (const [changed, expected] of bad) {
    const problems = problemsOf(changed);
    assert.match(problems.join("\n"), expected, JSON.stringify(changed));
    assert.ok(!problems.join().includes("secret-of") && !problems.join().includes("user:secret"));
  }
});

test("an issuer whose document names no place to sign in, or no web address, is what does not answer as it should, and not Redis", async () => {
  let place: object = {};
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify({ issuer, ...place }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [redirectUri, scopes] = ["http://127.0.0.1/sign-in/oidc/callback", "openid"];
  for (place of [{}, { authorization_endpoint: "javascript:alert(1)" }, { authorization_endpoint: "nowhere" }]) {
    const opened = openIssuer({ issuer, clientId: "plimsoll", clientSecret: () => null, redirectUri, scopes });
    const isAway = (error: unknown) => error instanceof IssuerError && error.refusal === "issuer_away";
    await assert.rejects(opened.begin(beginLogin(), Date.now()), isAway, JSON.stringify(place));
  }
  server.closeAllConnections();
  server.close();
});
