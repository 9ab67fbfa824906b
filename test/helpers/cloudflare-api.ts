import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { BlockList, isIPv6, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A custom rule as Cloudflare keeps it. */
export interface KeptRule {
  readonly id: string;
  readonly ref: string;
  readonly action: string;
  readonly expression: string;
  readonly description?: string;
  readonly enabled: boolean;
}

/** How a request is answered in other words than Cloudflare's own, after having acted or not. */
export interface Forced {
  readonly status: number;
  readonly acts: boolean;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Unless given any: only a request of this method, the first that comes. */
  readonly method?: string;
}

/** One zone at Cloudflare, by the documents of its Rulesets API. */
export interface CloudflareApi {
  readonly url: string;
  /** `METHOD /path below the zone`, in the order in which they came. */
  readonly seen: string[];
  /** The zone's custom rules in their order; null: there never was one, and so no entry point ruleset. */
  rules: KeptRule[] | null;
  forceNext(...forced: readonly Forced[]): void;
  /** Holds requests of a method back until so many have come. */
  holdUntil(method: string, many: number): void;
  /** Whether the zone refuses a request. */
  refuses(address: string, headers: Readonly<Record<string, readonly string[]>>): boolean;
  close(): Promise<void>;
}

type Body = Partial<KeptRule> & { position?: { before?: string }; kind?: string; phase?: string; rules?: Body[] };
type Said = readonly [number, object];

const RULESET = "f1".repeat(16);
const [IS_KEY, IN_NETWORKS] = [
  /^any\(http\.request\.headers\["([a-z0-9_-]+)"\]\[\*\] (eq|contains) "([^"\\]*)"\)$/,
  /^ip\.src in \{([0-9a-f:./ ]+)\} and (.+)$/,
];

/** Starts it for the holder of a token. */
export async function startCloudflareApi(zone: string, token: string): Promise<CloudflareApi> {
  const seen: string[] = [];
  let forced: Forced[] = [];
  let hold: { readonly method: string; left: number; readonly waiting: (() => void)[] } | null = null;
  let ids = 0;
  const kept = (body: Body): KeptRule => {
    ids += 1;
    const { position: _position, ...rule } = body;
    const id = ids.toString(16).padStart(32, "0");
    return { ref: id, enabled: true, action: "", expression: "", ...rule, id };
  };
  const answer = (method: string, path: string, body: Body): Said => {
    if (path === "/rulesets/phases/http_request_firewall_custom/entrypoint" && method === "GET")
      return api.rules === null
        ? fails(404, 10_003, "could not find entrypoint ruleset in the http_request_firewall_custom phase")
        : done(api.rules);
    if (path === "/rulesets" && method === "POST") {
      const why = "'zone' is not a valid value for kind because exceeded maximum number of zone rulesets for phase";
      if (api.rules !== null) return fails(400, 20_217, `${why} ${body.phase}`);
      if (body.kind !== "zone" || body.phase !== "http_request_firewall_custom") return fails(400, 20_217, "invalid");
      api.rules = (body.rules ?? []).map(kept);
      return done(api.rules);
    }
    const [, ruleset, id] = /^\/rulesets\/(\w+)\/rules(?:\/(\w+))?$/.exec(path) ?? [];
    if (ruleset !== RULESET || api.rules === null) return fails(404, 10_002, "could not find ruleset");
    return method === "POST" ? add(api.rules, body) : change(api.rules, method, id, body);
  };
  const add = (rules: KeptRule[], body: Body): Said => {
    if (!isExpression(body.expression ?? "")) return fails(400, 20_127, "filter parsing error");
    if (rules.some(({ ref }) => ref === body.ref)) return fails(400, 20_023, "ref must be unique in the ruleset");
    if (rules.length >= 5) return fails(400, 50_001, "exceeded maximum number of rules in the phase: 5 out of 5");
    rules.splice(body.position?.before === "" ? 0 : rules.length, 0, kept(body));
    return done(rules);
  };
  const change = (rules: KeptRule[], method: string, id: string | undefined, body: Body): Said => {
    const at = rules.findIndex((rule) => rule.id === id);
    if (at < 0) return fails(404, 10_004, "could not find rule");
    if (method === "DELETE") rules.splice(at, 1);
    else if (method !== "PATCH") return fails(405, 10_405, "method not allowed");
    else if (!isExpression(body.expression ?? "")) return fails(400, 20_127, "filter parsing error");
    else rules[at] = { ...kept(body), id: id! };
    return done(rules);
  };
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = "", url = "", headers } = request;
    const body = JSON.parse((await text(request)) || "{}") as Body;
    const prefix = `/client/v4/zones/${zone}`;
    seen.push(`${method} ${url.replace(prefix, "")}`);
    if (hold !== null && hold.method === method) await waitFor(hold);
    const index = forced.findIndex((one) => one.method === undefined || one.method === method);
    const [other] = index < 0 ? [] : forced.splice(index, 1);
    const own = (): Said => {
      if (headers.authorization !== `Bearer ${token}`) return fails(403, 10_000, "Authentication error");
      if (!url.startsWith(`${prefix}/`))
        return fails(404, 7003, `Could not route to ${url}, perhaps your object identifier is invalid?`);
      return answer(method, url.slice(prefix.length), body);
    };
    const [status, result] = other?.acts === false ? [other.status, {}] : own();
    response
      .writeHead(other?.status ?? status, { "content-type": "application/json", ...other?.headers })
      .end(other?.body ?? JSON.stringify(result));
  };
  const waitFor = async (latch: NonNullable<typeof hold>) => {
    latch.left -= 1;
    if (latch.left <= 0) {
      hold = null;
      for (const resume of latch.waiting) resume();
    } else await new Promise<void>((resolve) => latch.waiting.push(resolve));
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const api: CloudflareApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`,
    seen,
    rules: [],
    forceNext: (...next) => void (forced = [...next]),
    holdUntil: (method, many) => void (hold = { method, left: many, waiting: [] }),
    refuses: (address, headers) =>
      (api.rules ?? []).some(
        (rule) => rule.enabled && rule.action === "block" && matches(rule.expression, address, headers),
      ),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return api;
}

const done = (rules: readonly KeptRule[]): Said => [
  200,
  { result: { id: RULESET, kind: "zone", rules }, success: true, errors: [], messages: [] },
];

const fails = (status: number, code: number, message: string): Said => [
  status,
  { result: null, success: false, errors: [{ code, message }], messages: [] },
];

function isExpression(expression: string): boolean {
  const [, , key] = IN_NETWORKS.exec(expression) ?? [];
  return expression.length <= 4096 && IS_KEY.test(key ?? expression);
}

function matches(expression: string, address: string, headers: Readonly<Record<string, readonly string[]>>): boolean {
  const [, networks, rest] = IN_NETWORKS.exec(expression) ?? [];
  if (networks !== undefined && !isWithin(address, networks.split(" "))) return false;
  const [, name = "", operator, value = ""] = IS_KEY.exec(rest ?? expression) ?? [];
  return (headers[name] ?? []).some((one) => (operator === "eq" ? one === value : one.includes(value)));
}

function isWithin(address: string, networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [start = "", bits] = network.split("/");
    const family = isIPv6(start) ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(start, family);
    else list.addSubnet(start, Number(bits), family);
  }
  return list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
