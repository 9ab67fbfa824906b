import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** A request as its bytes are sent: with any version and any Host, which fetch does not let through. */
export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly version?: "1.0" | "1.1";
  /** With Host; the connection is closed after the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly text: string;
  /** The first cookie that was set, as a browser sends it back. */
  readonly cookie: string;
}

/** Sends a request over a connection of its own, and reads the answer to its end. */
export async function rawRequest(url: string, request: RawRequest): Promise<RawAnswer> {
  const { method = "GET", path = "/", version = "1.1", headers, body = "" } = request;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const all = { ...headers, connection: "close", "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`${method} ${path} HTTP/${version}\r\n${lines.join("")}\r\n${body}`);
  const answer = await text(socket);
  const [head = "", ...rest] = answer.split("\r\n\r\n");
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]),
    head,
    text: rest.join("\r\n\r\n"),
    cookie: /^set-cookie: ([^;\r]*)/im.exec(head)?.[1] ?? "",
  };
}
