import type { Fields } from "../cloudtrail-names.js";
import type { FoundFields } from "./build-event.js";
import { idAmongHeaders, rawKeyAmongHeaders } from "./key-headers.js";
import type { ParseOptions } from "./log-format.js";
import { firstText } from "./log-values.js";

/** Attributes by which instrumentation names a key or its holder, the most exact first. */
const KEY_ATTRIBUTES = ["gen_ai.api_key.id", "api_key.id", "api_key_id", "client.id", "enduser.id", "user.id"];
/** Any of them makes a span of a server, or a log record, a request; the last ones are those of before 2023. */
const HTTP_ATTRIBUTES = [
  "http.response.status_code",
  "http.request.method",
  "http.route",
  "http.status_code",
  "http.method",
];
/** Recorded headers are attributes of that name and the header's. */
const HEADERS = "http.request.header.";

/** What names the key of a request, among its own attributes, recorded headers included, or else those of its resource. */
export function keyInAttributes(own: Fields, resource: Fields) {
  const get = (name: string): unknown => own[name] ?? resource[name] ?? own[HEADERS + name];
  const headers: Record<string, unknown> = {};
  for (const name in own) {
    if (name.startsWith(HEADERS)) headers[name.slice(HEADERS.length).replaceAll("_", "-")] = own[name];
  }
  return {
    keyId: firstText(...KEY_ATTRIBUTES.map((name) => own[name] ?? resource[name]), idAmongHeaders(headers)),
    rawKey: rawKeyAmongHeaders(headers),
    user: firstText(get("enduser.id"), get("user.id")),
    header: get,
  };
}

/** Whether attributes say that this was an HTTP request. */
export function isHttpRequest(own: Fields): boolean {
  return HTTP_ATTRIBUTES.some((name) => own[name] !== undefined);
}

/** An HTTP request by the semantic conventions, those of before 2023 included; its time, duration and id are not among them. */
export function requestInAttributes(own: Fields, resource: Fields, options: ParseOptions): Omit<FoundFields, "time"> {
  return {
    ...keyInAttributes(own, resource),
    ...addressInAttributes(own, options),
    method: firstText(own["http.request.method"], own["http.method"]),
    target: targetOf(own),
    route: own["http.route"],
    status: own["http.response.status_code"] ?? own["http.status_code"],
    bytes: own["http.response.body.size"] ?? own["http.response.size"] ?? own["http.response_content_length"],
    userAgent: firstText(own["user_agent.original"], own["http.user_agent"]),
    service: firstText(own["service.name"], resource["service.name"]),
  };
}

/** What instrumentation took for the client's address; with trusted proxies, what the server was connected with, and the header. */
export function addressInAttributes(own: Fields, { trustedProxies }: ParseOptions) {
  const client = firstText(own["client.address"], own["http.client_ip"]);
  const peer = firstText(own["network.peer.address"], own["net.sock.peer.addr"]);
  return {
    peer: trustedProxies === null ? client || peer : peer || client,
    forwarded: own[`${HEADERS}x-forwarded-for`] ?? own[`${HEADERS}x_forwarded_for`],
  };
}

/** With its query, in which a key may stand. */
function targetOf(own: Fields): string {
  const path = firstText(own["url.path"]);
  const query = firstText(own["url.query"]).replace(/^\?/, "");
  if (path !== "" || query !== "") return query === "" ? path : `${path}?${query}`;
  return firstText(own["url.full"], own["http.target"], own["http.url"]);
}
