import type { FastifyRequest } from "fastify";

/** `127.0.0.0/8` and `::1`, also mapped. */
const LOOPBACK = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/i;
/** Names that only this machine calls itself by: a page of another site that resolves to it names that site. */
const OWN_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
/** What proxies, load balancers and tunnels say of whom they speak for. */
const FORWARDING =
  /^(?:forwarded|via|(?:x-)?(?:real|client|cluster-client|true-client|remote)-ip|(?:x-(?:forwarded|original|envoy|amzn|azure|appengine)|cf|fastly|fly|wl-proxy)(?:-.*)?)$/;

/** Whether a listening address, as configured, can be reached from this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || LOOPBACK.test(host);
}

/**
 * Whether a request was made on this machine and came without a detour: both ends are loopback, it names this machine, and nothing says that it was
 * forwarded. A proxy beside us that hides itself cannot be told from a browser, so this alone must open nothing.
 */
export function isFromThisMachine({ socket, headers, raw }: FastifyRequest): boolean {
  const ends = [socket.remoteAddress, socket.localAddress];
  return (
    ends.every((address) => LOOPBACK.test(address ?? "")) &&
    OWN_HOST.test(headers.host ?? "") &&
    // No browser speaks 1.0; nginx does to whom it forwards, unless told otherwise.
    raw.httpVersion !== "1.0" &&
    !Object.keys(headers).some((name) => FORWARDING.test(name))
  );
}
