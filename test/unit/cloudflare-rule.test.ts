import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { blockRule, refOf, ruleProblem } from "../../src/guard/cloudflare-rule.js";
import type { ContainmentCall } from "../../src/model/incident/containment.js";
import { DAY, T } from "../helpers/incident-parts.js";

const call: ContainmentCall = {
  callId: "leak/k/1/apply/2",
  containmentId: "leak/k/1/2",
  incidentId: "leak/k/1",
  keyId: "k",
  guard: "edge",
  guardRef: "pk_live_7f",
  effect: "apply",
  action: "deny_networks",
  networks: ["198.51.100.4"],
  limitPerMinute: null,
  until: T + DAY,
  step: 2,
  at: T,
};
const contains = { header: "authorization", match: "contains" } as const;

function problemOf(changed: Partial<ContainmentCall>, condition: Parameters<typeof ruleProblem>[2] = contains) {
  const asked = { ...call, ...changed };
  return ruleProblem(asked, asked, condition) ?? "";
}

describe("a rule of Cloudflare's", () => {
  it("holds the key's condition and nothing else, whatever guard_ref is: one that could leave its place makes none", () => {
    const any = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._~+/=:@-]{8,40}$/),
      fc.string({ unit: "binary", minLength: 1 }),
    );
    const [made, refused] = [new Set<string>(), new Set<string>()];
    fc.assert(
      fc.property(any, fc.constantFrom("contains", "equals"), (guardRef, match) => {
        const condition = { header: "x-client", match } as const;
        if (problemOf({ guardRef }, condition) !== "") return void refused.add(guardRef);
        made.add(guardRef);
        const { expression } = blockRule({ ...call, guardRef, action: "freeze" }, call, condition);
        const operator = match === "equals" ? "eq" : "contains";
        assert.equal(expression, `any(http.request.headers["x-client"][*] ${operator} "${guardRef}")`);
        assert.ok(!/["\\\s]/.test(guardRef));
      }),
    );
    assert.ok(made.size > 20 && refused.size > 20, `${made.size} made, ${refused.size} refused`);
  });

  it("is not made of a guard_ref that other keys have, too, or that is a raw key, nor of more networks than Cloudflare takes", () => {
    assert.equal(problemOf({}), "");
    assert.match(problemOf({ guardRef: 'pk_live_7f" or "' }), /^guard_ref must be at most 256 letters/);
    assert.match(problemOf({ guardRef: "pk_live_7f\n" }), /^guard_ref must be at most 256 letters/);
    assert.match(problemOf({ guardRef: "pk_live" }), /^guard_ref must have at least 8 characters/);
    for (const guardRef of ["sk_live_", "sk-proj-", "github_pat", "github_pat_", "sk-ant-api03-"]) {
      assert.match(
        problemOf({ guardRef }),
        /^guard_ref must be in no other key: it is only what many keys begin with/,
        guardRef,
      );
    }
    assert.equal(problemOf({ guardRef: "acme" }, { header: "x-client-id", match: "equals" }), "");
    assert.match(problemOf({ guardRef: "sk_live_4eC39HqLyjWDarjtT1zdp7dc" }), /^guard_ref must not be a raw key/);
    const networks = Array.from({ length: 300 }, (_, at) => `198.51.${100 + (at >> 8)}.${at & 255}`);
    assert.match(problemOf({ networks }), /^300 networks make an expression of 4\d{3} characters/);
    assert.equal(problemOf({ networks: networks.slice(0, 250) }), "");
    assert.match(problemOf({ networks: ["1.2.3.4} or ip.src in {::/0"] }), /^networks must be addresses/);
    assert.match(problemOf({ networks: [] }), /^networks must be addresses/);
  });

  it("is found again by key and action alone", () => {
    const { ref } = blockRule({ ...call, guardRef: "another-ref", networks: ["2001:db8::/32"] }, call, contains);
    assert.equal(ref, refOf("k", "deny_networks"));
    assert.match(ref, /^plimsoll_deny_networks_[0-9a-f]{32}$/);
    assert.equal(new Set([ref, refOf("k", "freeze"), refOf("k2", "deny_networks")]).size, 3);
  });
});
