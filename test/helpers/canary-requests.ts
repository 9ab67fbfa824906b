import type { Canaries } from "./canaries.js";
import { DISGUISES } from "./disguises.js";

/** Lines that each hold a raw key where it may happen to be, and whether ingest takes the line. */
export function canaryLines(
  canaries: Canaries,
  now: number,
): { readonly accepted: string[]; readonly refused: string[] } {
  const ts = now - 1000;
  const { random: _, ...shaped } = canaries;
  const accepted = Object.values(canaries).flatMap((key) => [
    { ts, key },
    // Beside itself, a key is recognised in every text, whatever its shape.
    { ts, key, user_agent: `curl/8 key=${key}`, route: `/v1/keys/${key}/use?api_key=${key}`, scope: `use ${key}` },
    { ts, key, route: `/v1/search?q=1&token=${encodeURIComponent(key)}#${key}` },
    { ts, key_id: "canary-query", route: `/v1/messages?api_key=${key}` },
    { ts, key_id: "canary-unknown-field", password: key, headers: { authorization: `Bearer ${key}` } },
    { ts, key_id: "canary-address", source_ip: key },
  ]);
  const inTexts = Object.values(shaped).flatMap((key) => [
    { ts, key_id: "canary-agent", user_agent: `python-requests/2.32 (${key})` },
    { ts, key_id: "canary-method", method: `GET ${key}` },
    { ts, key_id: "canary-labels", region: `eu ${key}`, service: `billing ${key}`, scope: key },
    // As nginx writes quotation marks, and as others write what is between lines.
    { ts, key_id: "canary-escaped", user_agent: `python {\\x22Authorization\\x22: \\x22${key}\\x22}` },
    { ts, key_id: "canary-escaped", route: `/v1/k%0A${key}`, service: `a\\n${key}`, scope: `a\\u003d${key}` },
    { ts, key_id: "canary-tls", tls_fingerprint: key },
    { ts, key_id: "canary-route", route: `/v1/hooks/${key}` },
    // Where a text is cut, and where it is no longer looked at, a key's beginning has no shape.
    { ts, key_id: "canary-cut", user_agent: `${"a".repeat(240)} ${key}` },
    { ts, key_id: "canary-unseen", user_agent: `${key} ${"a".repeat(4096 - key.length - 20)} ${key}` },
    { ts, key_id: "canary-long", route: `/${"b ".repeat(2000)}${key}` },
  ]);
  const { stripe, github, jwt } = canaries;
  const glued = [stripe, github, jwt].map((key) => ({
    ts,
    key_id: "canary-glued",
    user_agent: `v1${key}`,
    route: `/x${key}`,
    region: `0${key}`,
  }));
  const disguises = Object.values(DISGUISES);
  // Beside itself every key, and much of it.
  const besideItself = Object.values(canaries).flatMap((key) =>
    disguises.flatMap((disguise) => [
      {
        ts,
        key,
        user_agent: `curl ${disguise(key)}`,
        route: `/hooks/${disguise(key)}?key=${disguise(key)}`,
        scope: disguise(key),
      },
      { ts, key, user_agent: `curl ${disguise(key.slice(3, 19))}`, route: `/hooks/${disguise(key.slice(-16))}` },
    ]),
  );
  const alone = Object.values(shaped).flatMap((key) =>
    disguises.map((disguise) => ({
      ts,
      key_id: "canary-disguised",
      user_agent: `python ${disguise(key)}`,
      route: `/hooks/${disguise(key)}`,
      service: disguise(key),
      region: disguise(key),
    })),
  );
  const refused = Object.values(canaries).flatMap((key) => [
    `{"ts":${ts},"key":"${key}","route":`,
    key,
    JSON.stringify({ ts, key: [key] }),
    JSON.stringify({ ts, key: { value: key } }),
    JSON.stringify({ ts: key, key }),
    JSON.stringify({ ts, key, key_id: "both" }),
    JSON.stringify({ ts, key: key.padEnd(600, "x") }),
    JSON.stringify({ ts, key, id: key.padEnd(500, "x") }),
    JSON.stringify({ ts, key, status: key }),
    JSON.stringify({ ts, key, cost_usd: key }),
    JSON.stringify({ ts, key, observed_by: key }),
    JSON.stringify({ ts, key, user_agent: { is: key } }),
    JSON.stringify({ ts, key, principal: `role/${key}` }),
    JSON.stringify({ ts, key, parent_key_id: key }),
    JSON.stringify({ ts, key, units: key, bytes: key, count: key }),
    JSON.stringify([key]),
    JSON.stringify(key),
  ]);
  const asKeyIds = Object.values(shaped).flatMap((key) =>
    [key, `\\x22${key}`, ...Object.values(DISGUISES).map((disguise) => disguise(key))].flatMap((keyId) => [
      JSON.stringify({ ts, key_id: keyId }),
      JSON.stringify({ ts, key_id: "canary-principal", principal: keyId }),
      JSON.stringify({ ts, key_id: "canary-parent", parent_key_id: `by ${keyId}` }),
    ]),
  );
  return {
    accepted: [...accepted, ...inTexts, ...glued, ...besideItself, ...alone].map((event) => JSON.stringify(event)),
    refused: [...refused, ...asKeyIds],
  };
}

/** Requests that are refused as a whole, each with a raw key in another of its parts; paths begin at the server's root. */
export function refusedRequests(key: string, token: string): { readonly path: string; readonly init: RequestInit }[] {
  const authorization = `Bearer ${token}`;
  const post = (headers: Record<string, string>, body: string, path = "/v1/events") => ({
    path,
    init: { method: "POST", headers: { authorization, "content-type": "application/json", ...headers }, body },
  });
  return [
    post({ authorization: `Bearer ${key}` }, JSON.stringify({ ts: 1, key })),
    post({ authorization: `Basic ${Buffer.from(`user:${key}`).toString("base64")}` }, "{}"),
    post({}, `{"key":"${key}"`),
    post({}, `{"ts":1,"key_id":"${key.slice(0, 8)}"}${key}`, `/v1/events?token=${encodeURIComponent(key)}`),
    post({ "content-encoding": "gzip" }, key),
    post({ "content-encoding": key.replaceAll("=", "") }, key),
    post({ "content-type": `text/${key.replaceAll(/[^A-Za-z0-9]/g, "")}` }, key),
    post({}, key, `/v1/${encodeURIComponent(key)}`),
    { path: `/readyz?key=${encodeURIComponent(key)}`, init: { headers: { cookie: `key=${encodeURIComponent(key)}` } } },
  ];
}

/** Changes of the registry that are refused, each with a raw key, or much of it, beside itself. */
export function refusedChanges(key: string, admin: string): { readonly path: string; readonly init: RequestInit }[] {
  const headers = { authorization: `Bearer ${admin}`, "content-type": "application/json" };
  const send = (method: string, path: string, body: object) => ({
    path,
    init: { method, headers, body: JSON.stringify(body) },
  });
  const forms = [key, key.slice(0, 20), ...Object.values(DISGUISES).map((disguise) => disguise(key))];
  return forms.flatMap((form) => [
    send("PUT", "/v1/keys/canary", { key, display: key.slice(0, 20) }),
    send("PUT", "/v1/keys/canary", { key, owner: form, prices: { [form]: 1 } }),
    send("POST", "/v1/keys/control-key-id-that-is-everywhere/rotations", { to: form, key }),
  ]);
}
