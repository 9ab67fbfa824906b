import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request as a provider gets it. */
export interface AskedReport {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a provider answers: JSON, with 200 unless it says otherwise. */
export interface ReportAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A local server that answers as a provider does; `asked` has every request. */
export async function serveReports(answer: (asked: AskedReport) => ReportAnswer) {
  const asked: AskedReport[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = "GET", url = "/", headers } = request;
    const one = { method, url: new URL(url, "http://provider"), headers, body: await text(request) };
    asked.push(one);
    const { status = 200, headers: more = {}, body } = answer(one);
    response.writeHead(status, { "content-type": "application/json", ...more }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void serve(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
