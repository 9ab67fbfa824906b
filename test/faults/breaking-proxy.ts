import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Stands between senders and a serve, and breaks what goes through it on demand. */
export interface BreakingProxy {
  readonly url: string;
  /** Of the next so many answers nothing arrives: the connection is reset when the answer begins. */
  loseAnswers(count: number): void;
  /** Calls once when bytes of the next request are on their way to the serve. */
  onNextRequest(call: () => void): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes connections on to another. */
export async function startBreakingProxy(port: number): Promise<BreakingProxy> {
  let answersToLose = 0;
  let waiting: (() => void) | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(port, "127.0.0.1");
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(socket);
          client.destroy();
          target.destroy();
        });
    }
    client.on("data", (bytes) => {
      target.write(bytes);
      const call = waiting;
      waiting = null;
      call?.();
    });
    target.on("data", (bytes) => {
      if (answersToLose === 0) return void client.write(bytes);
      answersToLose -= 1;
      client.resetAndDestroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: (count) => void (answersToLose = count),
    onNextRequest: (call) => void (waiting = call),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
