import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { rawRequest } from "./raw-request.js";

/** How a proxy forwards: what it makes of the head that it got. */
export interface ProxyWays {
  readonly version: "1.0" | "1.1";
  readonly headers: (got: IncomingHttpHeaders) => Record<string, string>;
}

/** Starts a proxy on this machine in front of a server. */
export async function openProxy(target: string, { version, headers }: ProxyWays) {
  const proxy = createServer((request, response) => {
    const forward = async () => {
      const { method = "GET", url: path = "/" } = request;
      const given = { ...headers(request.headers), cookie: request.headers.cookie ?? "" };
      const type = request.headers["content-type"];
      const body = await text(request);
      const answer = await rawRequest(target, {
        method,
        path,
        version,
        headers: type === undefined ? given : { ...given, "content-type": type },
        body,
      });
      response.writeHead(answer.status, answer.cookie === "" ? {} : { "set-cookie": answer.cookie }).end(answer.text);
    };
    forward().catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => proxy.close() };
}
