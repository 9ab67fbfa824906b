import assert from "node:assert/strict";
import { test } from "node:test";
import { looksVerified } from "../../src/model/incident/person-text.js";
import { judgeClaims } from "../../src/web/oidc/judge-claims.js";
import { CLAIM_RULES } from "../helpers/oidc-issuer.js";

test("a name that only looks like one that an issuer verified is found out: other scripts, wide and small letters, accents, other colons and what is not seen", () => {
  const letters = [
    "!oidc:ana",
    "\u043eidc:ana",
    "\u03bfidc:ana",
    "0idc:ana",
    "o\u0131dc:ana",
    "o\u0456dc:ana",
    "oldc:ana",
    "o1dc:ana",
    "o|dc:ana",
    "oi\u0501c:ana",
    "oid\u0441:ana",
    "oid\u03f2:ana",
    "OID\u0421:ana",
    "\u041e\u0406D\u0421:ana",
    "\u039f\u0399dc:ana",
    "\uff4f\uff49\uff44\uff43\uff1aana",
    "\u{1d428}\u{1d422}\u{1d41d}\u{1d41c}:ana",
    "\u24de\u24d8\u24d3\u24d2:ana",
    "o\u0308idc:ana",
    "\u00f3\u00eddc:ana",
    "o\u200bi\u00add\u2060c\u200d:ana",
    "o\ufe0fidc\u034f:ana",
    "o i d c : ana",
    "\u3164oidc:ana",
    "o\u2800idc:ana",
    "\u02d0oidc:ana",
    "o\u0269dc:ana",
    "\u0585idc:ana",
    "oi\u13e7c:ana",
  ];
  const colons =
    "\u2236\ua789\u02d0\u0589\u05c3\ufe55\ufe13\uff1a\ua4fd\u02f8\u0703\u0704\u16ec\u205a\u2982\u2237\u2254\ufe30";
  for (const name of [...letters, ...Array.from(colons, (colon) => `oidc${colon}ana`)])
    assert.ok(looksVerified(name), `${name} ${encodeURIComponent(name)}`);
  for (const name of [
    "Ana",
    "Oidcar Nu\u00f1ez",
    "oidc",
    "oidc-bot",
    "Ana (oidc: yes)",
    "\u041e\u043b\u044c\u0433\u0430",
    "Void: x",
  ])
    assert.ok(!looksVerified(name), name);
});

test("a name that an issuer vouches for holds nothing that is not seen: such a one signs nobody in, and is a reason of its own", () => {
  const judge = (email: string) => judgeClaims({ email, email_verified: true, groups: ["sec"] }, CLAIM_RULES);
  assert.deepEqual(judge("ana@example.com"), { name: "oidc:ana@example.com", mayAct: true });
  for (const mark of [
    "\u200b",
    "\u200d",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u202e",
    "\u0007",
    "\u0000",
    "\n",
    "\u{e0041}",
  ])
    assert.deepEqual(judge(`ana${mark}@example.com`), { refused: "hidden_characters" }, encodeURIComponent(mark));
});

test("an ID token without the claim that is required, or with another value of it, signs nobody in", () => {
  const rules = { ...CLAIM_RULES, requiredClaim: { name: "hd", value: "example.com" } };
  const judge = (more: object) =>
    judgeClaims({ email: "ana@example.com", email_verified: true, groups: ["sec"], ...more }, rules);
  assert.deepEqual(judge({ hd: "example.com" }), { name: "oidc:ana@example.com", mayAct: true });
  for (const more of [{}, { hd: "Example.com" }, { hd: "example.com.example.net" }, { hd: ["example.com"] }])
    assert.deepEqual(judge(more), { refused: "required_claim_missing" });
});
