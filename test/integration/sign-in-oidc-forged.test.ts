import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { CookieBrowser } from "../helpers/cookie-browser.js";
import { openLiedToPages, type LiedToPages } from "../helpers/lied-to-pages.js";
import { LYING_CLIENT, type Lie } from "../helpers/lying-issuer.js";

let house = undefined as unknown as LiedToPages;
before(async () => {
  house = await openLiedToPages();
});
after(async () => house.close());

const now = () => Math.floor(Date.now() / 1000);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const LIES: Readonly<Record<string, () => Lie>> = {
  "signed with another key": () => ({ isOtherKey: true }),
  "changed after it was signed": () => ({
    token: (good) => {
      const [head, body, signature] = good.split(".");
      const claims = JSON.parse(Buffer.from(body!, "base64url").toString()) as object;
      return [head, part({ ...claims, email: "root@example.com" }), signature].join(".");
    },
  }),
  "signed by nobody (alg none)": () => ({
    token: (good) => [part({ alg: "none" }), good.split(".")[1], ""].join("."),
  }),
  "signed with the client's id as a secret (HS256)": () => ({
    token: (good) => {
      const signed = `${part({ alg: "HS256", kid: "one" })}.${good.split(".")[1]}`;
      return `${signed}.${createHmac("sha256", LYING_CLIENT).update(signed).digest("base64url")}`;
    },
  }),
  "without a signature": () => ({ token: (good) => good.split(".").slice(0, 2).join(".") }),
  expired: () => ({ claims: { iat: now() - 1200, exp: now() - 600 } }),
  "valid from tomorrow on": () => ({ claims: { nbf: now() + 86_400 } }),
  "without an end": () => ({ claims: { exp: undefined } }),
  "meant for another client": () => ({ claims: { aud: "another" } }),
  "meant for several, and asked for by another": () => ({ claims: { aud: [LYING_CLIENT, "another"], azp: "another" } }),
  "of another issuer": () => ({ claims: { iss: "https://issuer.example" } }),
  "of another sign-in (nonce)": () => ({ claims: { nonce: "x".repeat(43) } }),
  "of no sign-in (no nonce)": () => ({ claims: { nonce: undefined } }),
  "of nobody (no subject)": () => ({ claims: { sub: undefined } }),
};

test("the issuer of this test signs in whom it does not lie about", async () => {
  const { status, browser } = await house.signIn();
  assert.equal(status, 303);
  assert.match(await (await browser.ask(`${house.pages.url}/coverage`)).text(), /oidc:ana@example\.com/);
});

for (const [what, lie] of Object.entries(LIES))
  test(`an ID token that is ${what} signs nobody in`, async () => {
    house.lines.length = 0;
    const { status, text, browser } = await house.signIn(lie());
    assert.equal(status, 403);
    assert.match(text, /is not valid for this sign-in/);
    assert.equal(browser.cookie(house.pages.url, "plimsoll_session"), "");
    const logged = house.lines.join("");
    assert.match(logged, /"reason":"id_token_refused","code":"OAUTH_[A-Z_]+"/);
    const token = house.issuer.given.at(-1)!;
    for (const secret of [token, ...token.split(".").filter((one) => one.length > 10), "a-code", "ana@example.com"])
      assert.ok(!logged.includes(secret), secret.slice(0, 12));
  });

test("a code that the issuer does not accept, an error of the issuer, and an answer of another one sign nobody in", async () => {
  const refused = await house.signIn({ status: 400 });
  assert.deepEqual([refused.status, /does not accept the code/.test(refused.text)], [403, true]);
  assert.equal((await house.signIn({ status: 503 })).status, 503);
  const browser = new CookieBrowser();
  const { state, nonce } = await house.begin(browser);
  house.issuer.lie(nonce);
  assert.equal((await house.comeBack(browser, state, house.pages, "&iss=https%3A%2F%2Fissuer.example")).status, 403);
  const { state: second } = await house.begin(browser);
  const denied = await browser.ask(`${house.pages.url}/sign-in/oidc/callback?error=access_denied&state=${second}`);
  assert.deepEqual([denied.status, /did not sign you in/.test(await denied.text())], [403, true]);
});

test("what goes to the issuer is the challenge of a verifier that stays here, a state and a nonce, new for each sign-in", async () => {
  const [one, two] = [await house.begin(new CookieBrowser()), await house.begin(new CookieBrowser())];
  assert.deepEqual(
    ["response_type", "code_challenge_method", "client_id", "redirect_uri"].map((name) => one.query.get(name)),
    ["code", "S256", LYING_CLIENT, `${house.pages.url}/sign-in/oidc/callback`],
  );
  for (const name of ["state", "nonce", "code_challenge"]) {
    assert.match(one.query.get(name) ?? "", /^[\w-]{43}$/);
    assert.notEqual(one.query.get(name), two.query.get(name));
  }
});
