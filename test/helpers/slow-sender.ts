import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** A connection that sends the head of a request and then only what the test says. */
export interface SlowSender {
  send(bytes: string | Buffer): void;
  /** Everything that was answered, once the connection is closed. */
  readonly ended: Promise<string>;
  /** The answer's status, as soon as it is there. */
  readonly status: Promise<number>;
  close(): void;
}

/** Opens a connection to a server and sends the head of a POST with these headers. */
export async function openSlowSender(
  url: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): Promise<SlowSender> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let answer = "";
  const status = new Promise<number>((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      answer += bytes.toString("latin1");
      const [, code] = /^HTTP\/1\.1 (\d{3})/.exec(answer) ?? [];
      if (code !== undefined) resolve(Number(code));
    });
  });
  // A connection that was cut off is what a test waits for.
  socket.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(answer));
  });
  await once(socket, "connect");
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: test\r\n${lines.join("")}\r\n`);
  return { send: (bytes) => void socket.write(bytes), ended, status, close: () => void socket.destroy() };
}
