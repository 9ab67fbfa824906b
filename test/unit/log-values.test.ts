import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RouteCap } from "../../src/import/record/cap-routes.js";
import { clientAddress } from "../../src/import/record/client-address.js";
import { foldRoute } from "../../src/import/record/fold-route.js";
import { timeOf } from "../../src/import/record/log-time.js";
import { numberOf } from "../../src/import/record/log-values.js";
import { parseTrustedProxies } from "../../src/import/record/trusted-proxies.js";
import { optionsOf } from "../helpers/read-fixture.js";

describe("a route", () => {
  it("has {id} for each part that names one thing", () => {
    for (const [path, route] of [
      ["/v1/charges/ch_1NxAbC2eZvKYlo2C", "/v1/charges/{id}"],
      ["/v1/charges/ch_1Nx/refunds", "/v1/charges/{id}/refunds"],
      ["/users/42", "/users/{id}"],
      ["/users/0b8f2f2e-7d7c-4a53-9f57-0d8e3b6a1c2d/posts/2026-11-26/", "/users/{id}/posts/{id}/"],
      ["/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/{id}"],
      ["/u/ann@example.com", "/u/{id}"],
      ["/git/c71e040fb4b71d798ce4baca14e15ab62115aaef", "/git/{id}"],
      ["/hosts/10.0.0.1", "/hosts/{id}"],
      ["/orders/order-12345", "/orders/{id}"],
      [`/blob/${"x".repeat(60)}`, "/blob/{id}"],
      ["/a/%E2%82%AC12", "/a/{id}"],
    ] as const) {
      assert.equal(foldRoute(path), route);
    }
  });

  it("keeps words, also with a digit or two, versions and templates", () => {
    for (const path of [
      "",
      "/",
      "//",
      "/v1/chat/completions",
      "/v2.1/oauth2/token",
      "/v1beta3/models/gpt-4o-mini",
      "/api/base64/sha256/route53",
      "/cards/{id}/:sub",
      "/files/index.html",
      "/well-known/openid_configuration",
    ]) {
      assert.equal(foldRoute(path), path);
    }
  });

  it("is one of a bounded number for each key, the same whatever came first from which file", () => {
    const events = Array.from({ length: 900 }, (_, n) => ({
      ts: "2026-11-26T12:57:21.000Z",
      key_id: n % 3 === 0 ? "one" : "other",
      route: `/users${Math.floor(n / 3) % 5}/name${String.fromCharCode(97 + (n % 26))}${"x".repeat(n % 29)}`,
    }));
    const cap = new RouteCap(10);
    const few = events.map((event) => cap.apply(event));
    for (const key of ["one", "other"]) {
      const routes = new Set(few.filter(({ key_id: id }) => id === key).map(({ route }) => route));
      assert.ok(routes.size <= 10 + 5, `${routes.size}`);
      assert.ok([...routes].some((route) => /^\/users\d\/\{other\}$/.test(route!)));
    }
    assert.ok(cap.capped > 500);
    const wide = new RouteCap(1000);
    const all = events.map((event) => wide.apply(event));
    assert.deepEqual([all, wide.capped], [events, 0]);
  });
});

describe("the client's address", () => {
  const of = (peer: unknown, forwarded?: unknown, proxies = "") => {
    const options = optionsOf("", proxies);
    return [clientAddress(peer, forwarded, options), options.noted.join()];
  };

  it("is who connected, whatever X-Forwarded-For claims, without --trusted-proxies", () => {
    assert.deepEqual(of("198.51.100.7:53122", "203.0.113.9"), ["198.51.100.7", "forwarded_for_ignored"]);
    assert.deepEqual(of("[2001:db8::7]:443"), ["2001:db8::7", ""]);
    assert.deepEqual(of(" 198.51.100.7 ", "198.51.100.7"), ["198.51.100.7", ""]);
    assert.deepEqual(of("198.51.100.7, 203.0.113.9"), ["198.51.100.7, 203.0.113.9", "address_list"]);
    assert.deepEqual(of("-"), ["", ""]);
    assert.deepEqual(of("unix:"), ["unix:", ""]);
  });

  it("is the last one that no trusted proxy has: what stands before it a client may have made up", () => {
    const own = "10.0.0.0/8,2001:db8:1::/48,172.16.0.9";
    assert.deepEqual(of("10.0.0.4", "1.2.3.4, 198.51.100.7, 10.2.0.1", own), ["198.51.100.7", ""]);
    assert.deepEqual(of("[2001:db8:1::5]:443", ["1.2.3.4", "198.51.100.7:9"], own), ["198.51.100.7", ""]);
    assert.deepEqual(of("198.51.100.9", "203.0.113.9", own), ["198.51.100.9", ""]);
    assert.deepEqual(of("10.0.0.4", "10.1.1.1, 172.16.0.9", own), ["10.1.1.1", ""]);
    assert.deepEqual(of("10.0.0.4", "198.51.100.7, unknown", own), ["unknown", ""]);
    assert.deepEqual(of("203.0.113.9, 198.51.100.7, 10.0.0.4", undefined, own), ["198.51.100.7", ""]);
    assert.deepEqual(of("", "198.51.100.7", own), ["", ""]);
    assert.equal(of("10.0.0.4", `${"1.2.3.4, ".repeat(10_000)}198.51.100.7`, own)[0], "198.51.100.7");
  });

  it("is read through networks that are networks", () => {
    assert.deepEqual(parseTrustedProxies("10.0.0.0/8, nowhere"), { bad: "nowhere" });
    assert.deepEqual(parseTrustedProxies(""), { bad: "" });
  });
});

describe("a time", () => {
  it("is read in whatever unit and layout logs write it, and says so where that was a guess", () => {
    for (const [value, time, note] of [
      ["26/Nov/2026:13:57:21 +0100", "2026-11-26T12:57:21.000Z", ""],
      ["26/Nov/2026:12:57:21.633", "2026-11-26T12:57:21.633Z", ""],
      ["2026-11-26T12:57:21.539271531Z", "2026-11-26T12:57:21.539271531Z", ""],
      ["2026-11-26 12:57:21", "2026-11-26T12:57:21.000Z", "time_without_zone_as_utc"],
      ["2026-11-26T13:57:21+01:00", "2026-11-26T12:57:21.000Z", ""],
      [1795697841633, "2026-11-26T12:57:21.633Z", ""],
      ["1795697841.633", "2026-11-26T12:57:21.633Z", "ts_in_seconds"],
      [1795697841633000, "2026-11-26T12:57:21.633Z", "ts_in_microseconds"],
      ["1795697841633000000", "2026-11-26T12:57:21.633Z", "ts_in_nanoseconds"],
    ] as const) {
      const options = optionsOf();
      assert.deepEqual([timeOf(value, options), options.noted.join()], [time, note], String(value));
    }
  });

  it("that does not exist is none", () => {
    for (const value of [
      "31/Feb/2026:12:57:21 +0000",
      "26/Nov/2026:24:00:00 +0000",
      "26/Nix/2026:12:57:21 +0000",
      "2026-02-31T00:00:00Z",
      "yesterday",
      "",
      "-",
      "1".repeat(60),
      NaN,
      1e300,
      null,
      {},
      "26/Nov/2026:12:57:21 +00",
    ]) {
      assert.equal(timeOf(value, optionsOf()), undefined, JSON.stringify(value));
    }
  });
});

it("a number is one in quotation marks too, nothing is nothing, and what is no number is not 0", () => {
  const values = ["0.023", "42", "-1", "7.25e-05", "-", "", null, "abc", "0x10", " ", "1e999", NaN, [], "1".repeat(41)];
  assert.deepEqual(values.map(numberOf), [
    0.023,
    42,
    -1,
    7.25e-5,
    null,
    null,
    null,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
