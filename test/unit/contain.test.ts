import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgeEffect, type EffectFacts } from "../../src/contain/judge-effect.js";
import { nextCallTry } from "../../src/contain/next-call-try.js";
import { unknownNetworks } from "../../src/contain/unknown-networks.js";
import type { Blamed } from "../../src/contain/split-sources.js";
import { parseGuards } from "../../src/guard/parse-guards.js";
import type { KeyTraffic, TrafficSource } from "../../src/model/finding/key-traffic.js";
import type { ContainmentCall } from "../../src/model/incident/containment.js";
import { NO_ADDRESS } from "../../src/model/network/no-address.js";
import { DAY, HOUR, MINUTE, T } from "../helpers/incident-parts.js";

const ONSET = T - HOUR;
const [OWNER, ATTACKER, MOVED] = ["192.0.2.10", "198.51.100.4", "203.0.113.9"];

function source(address: string, served: number, refused = 0): TrafficSource {
  return { address, requests: served + refused, served, busiestMinute: served, lastAt: T };
}

function traffic(from: number, to: number, ...sources: TrafficSource[]): KeyTraffic {
  const requests = sources.reduce((sum, one) => sum + one.requests, 0);
  return { from, to, addresses: sources.length, requests, sources };
}

const owner = (served: number, refused = 0) => source(OWNER, served, refused);
const unknownAt = (...addresses: readonly string[]) => new Map(addresses.map((one) => [one, "new" as const]));
const blamed: Blamed = { cause: "leak", networks: [], unknown: unknownAt(ATTACKER), onsetAt: ONSET };

const call: ContainmentCall = {
  callId: "c",
  containmentId: "c",
  incidentId: "i",
  keyId: "k",
  guard: "edge",
  guardRef: "k",
  effect: "apply",
  action: "deny_networks",
  networks: [ATTACKER],
  limitPerMinute: null,
  until: T + DAY,
  step: 2,
  at: T,
};

function effectOf(after: readonly TrafficSource[], changed: Partial<EffectFacts> = {}): string {
  const before = traffic(T - HOUR, T, owner(600), source(ATTACKER, 300));
  const facts = { call, acceptedAt: T, blamed, before, mostServed: 0, blindMinutes: 0, ...changed };
  const { reason, text } = judgeEffect({ ...facts, after: traffic(T, T + 10 * MINUTE, ...after) });
  return `${reason}: ${text}`;
}

describe("what a containment came to", () => {
  it("is effective only where no unknown source is served, and says how the owner fares", () => {
    const cases: readonly (readonly [readonly TrafficSource[], RegExp])[] = [
      [
        [owner(100), source(ATTACKER, 0, 50)],
        /^effective: unknown sources refused since 12:00 UTC \(50 requests, none served\), owner's traffic unchanged \(10 a minute before, 10 since\)$/,
      ],
      [[owner(100)], /^effective: no requests from unknown sources since 12:00 UTC, owner's traffic unchanged/],
      [
        [owner(100), source(ATTACKER, 1, 49)],
        /^not_effective: unknown sources still served .*1 request from 198\.51\.100\.4; they are denied, and edge serves them/,
      ],
      [[owner(20, 80)], /^effective: .*80 requests of the owner's refused, too/],
      [[owner(10)], /^effective: .*owner's traffic fell \(10 a minute before, 1 since\)$/],
    ];
    for (const [after, said] of cases) assert.match(effectOf(after), said);
    const moved = { blamed: { ...blamed, unknown: unknownAt(ATTACKER, MOVED) } };
    assert.match(effectOf([source(MOVED, 7)], moved), /^not_effective: .*203\.0\.113\.9 not denied: contain it again/);
  });

  it("is not evaluated where nobody could see it", () => {
    assert.match(effectOf([], { blindMinutes: 10 }), /^not_evaluated: .*no events were received/);
    assert.match(effectOf([owner(50)], { blindMinutes: 4 }), /^effective: .*; 4 minutes without events$/);
  });

  it("of a throttle is its limit, of a freeze that nothing is served", () => {
    const throttle = { call: { ...call, action: "throttle", networks: [], limitPerMinute: 12 } } as const;
    assert.match(
      effectOf([owner(90)], { ...throttle, mostServed: 12 }),
      /^effective: at most 12 requests a minute served/,
    );
    assert.match(
      effectOf([owner(90)], { ...throttle, mostServed: 13 }),
      /^not_effective: more than the limit still served/,
    );
    const freeze = { call: { ...call, action: "freeze", networks: [] } } as const;
    assert.match(effectOf([owner(0, 90)], freeze), /^effective: nothing served since .*\(90 requests refused\)$/);
    assert.match(effectOf([owner(3)], freeze), /^not_effective: still served since/);
  });
});

describe("what is denied", () => {
  const denied = (unknown: readonly string[], known: readonly string[] = []) =>
    unknownNetworks({ ...blamed, unknown: unknownAt(...unknown) }, null, known);

  it("is each unknown address, whatever the finding blames", () => {
    assert.deepEqual(denied([ATTACKER, "192.0.2.99"], [OWNER]), { networks: ["192.0.2.99", ATTACKER] });
  });

  it("of very many is their blocks, without those in which the owner is", () => {
    const many = Array.from({ length: 250 }, (_, n) => `198.51.100.${n}`);
    assert.deepEqual(denied([...many, "192.0.2.99"], [OWNER]), { networks: ["192.0.2.99", "198.51.100.0/24"] });
  });

  it("of what is no leak is whom the finding blames, known to the key or not", () => {
    const since = traffic(ONSET, T, owner(600), source(ATTACKER, 300));
    const outside: Blamed = { ...blamed, cause: "outside_allowed", networks: [`${OWNER}/32`], unknown: null };
    assert.deepEqual(unknownNetworks(outside, since, []), { networks: [OWNER] });
    assert.match(JSON.stringify(unknownNetworks({ ...outside, networks: null }, since, [])), /with --network/);
  });

  it("is asked for where there is no unknown address", () => {
    assert.match(JSON.stringify(denied([])), /no unknown source with an address/);
    assert.match(JSON.stringify(denied([NO_ADDRESS])), /no unknown source with an address/);
  });
});

it("a call that a guard does not answer is tried again within a minute, an hour after it was made within ten, and never sooner than the guard asks", () => {
  const retry = { kind: "retry", status: 503, problem: "", retryAfterMs: null } as const;
  const waitOf = (attempts: number, age: number, chance = 1, answer: Parameters<typeof nextCallTry>[1] = retry) =>
    nextCallTry({ attempts, createdAt: T - age }, answer, T, chance).notBefore - T;
  assert.deepEqual(
    [waitOf(0, 0), waitOf(3, MINUTE), waitOf(20, HOUR - 1), waitOf(80, HOUR - 1)],
    [1000, 8000, MINUTE, MINUTE],
  );
  assert.deepEqual([waitOf(40, HOUR), waitOf(40, HOUR, 0), waitOf(0, 0, 0)], [10 * MINUTE, 5 * MINUTE, 500]);
  assert.equal(waitOf(0, 0, 0, { ...retry, retryAfterMs: 30_000 }), 30_000);
  assert.equal(waitOf(0, 0, 0, { ...retry, status: 429 }), 5000);
  assert.equal(waitOf(0, 0, 0, { ...retry, retryAfterMs: HOUR }), 10 * MINUTE);
  const refused = { kind: "refused", status: 422, problem: "" } as const;
  assert.equal(nextCallTry({ attempts: 0, createdAt: T }, refused, T, 0).state, "failed");
});

it("guards are read with every problem named by guard and field, and no value", () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
  const problemsOf = (text: string) => {
    const parsed = parseGuards(text);
    return "problems" in parsed ? parsed.problems.join("; ") : "";
  };
  assert.equal(problemsOf(JSON.stringify({ edge: { type: "webhook", url: "https://a.example", secret } })), "");
  assert.match(problemsOf("{"), /^must be JSON like/);
  const bad = { a: { type: "webhook", url: `https://u:${secret}@a.example`, secret: "short" }, b: { type: "kong" } };
  assert.match(
    problemsOf(JSON.stringify(bad)),
    /a\.url: must not contain a user or password.*a\.secret: must be whsec_.*b\.url: must be an address/,
  );
  assert.ok(!problemsOf(JSON.stringify(bad)).includes(secret.slice(8, 24)));
  const zone = { type: "cloudflare", zone: "0a".repeat(16), token: secret, header: "Authorization" };
  assert.equal(problemsOf(JSON.stringify({ c: zone })), "");
  assert.match(
    problemsOf(JSON.stringify({ c: { ...zone, match: "equals" } })),
    /^c\.match: must be contains: guard_ref/,
  );
  assert.match(
    problemsOf(JSON.stringify({ c: { ...zone, zone: "example.com", header: 'a"] or true', match: "is" } })),
    /c\.zone: must be the zone's id.*c\.header: must be the name of a header.*c\.match: must be contains or equals/,
  );
});
