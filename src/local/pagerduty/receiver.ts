import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nextAlerts } from "./alerts.js";
import type { OpenAlert } from "./alerts.js";
import { replyTo } from "./answers.js";
import type { Answer, Reply } from "./answers.js";
import { makeCertificate, type Certificate } from "./certificate.js";
import { parseEvent } from "./protocol.js";
import type { ReceivedEvent } from "./protocol.js";

/** One request as it arrived; `body` is null when it was no valid event. */
export interface ReceivedRequest {
  readonly at: Date;
  readonly path: string;
  readonly text: string;
  readonly body: ReceivedEvent | null;
  /** The status sent, or `reset`, `hang`. */
  readonly answered: number | "reset" | "hang";
}

/** A PagerDuty of one's own: Events API v2 over TLS on localhost. */
export interface PagerDutyReceiver {
  /** For PAGERDUTY_EVENTS_HOST. */
  readonly host: string;
  /** PEM file for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string;
  readonly ca: string;
  readonly received: readonly ReceivedRequest[];
  /** Waits for the n-th accepted event, or for the first that matches, be it already there or yet to come. Rejects on abort and on stop. */
  next(wanted: number | ((event: ReceivedEvent) => boolean), signal?: AbortSignal): Promise<ReceivedEvent>;
  /** The next requests are answered thus, one each; then by the protocol again. */
  answerNext(...answers: readonly Answer[]): void;
  openAlerts(): readonly OpenAlert[];
  stop(): Promise<void>;
}

interface Waiting {
  readonly find: () => ReceivedEvent | undefined;
  readonly resolve: (event: ReceivedEvent) => void;
  readonly reject: (reason: Error) => void;
}

const enqueuePaths = new Set(["/v2/enqueue", "/v2/change/enqueue"]);
const notFound: Reply = { status: 404, text: '{"message":"Not Found"}', headers: {} };

/** How a receiver can be one that was there before: its port, its certificate, and what became of each request. */
export interface ReceiverOptions {
  /** A free one when none is given. */
  readonly port?: number;
  readonly certificate?: Certificate;
  /** Hears of every request before it is answered. */
  readonly onRequest?: (request: ReceivedRequest) => void;
}

/** Starts the receiver. */
export async function startPagerDutyReceiver(options: ReceiverOptions = {}): Promise<PagerDutyReceiver> {
  const certificate = options.certificate ?? (await makeCertificate());
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-pagerduty-"));
  const caFile = join(directory, "ca.pem");
  writeFileSync(caFile, certificate.cert);
  const received: ReceivedRequest[] = [];
  const accepted: ReceivedEvent[] = [];
  const answers: Answer[] = [];
  const waiting = new Set<Waiting>();
  let alerts: readonly OpenAlert[] = [];

  const accept = (event: ReceivedEvent, dedupKey: string) => {
    alerts = nextAlerts(alerts, event, dedupKey);
    accepted.push(event);
    for (const one of waiting) {
      const found = one.find();
      if (found !== undefined) one.resolve(found);
    }
  };

  const receive = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const path = request.url ?? "";
    const parsed = parseEvent(body, path === "/v2/change/enqueue");
    const event = parsed.ok ? parsed.event : null;
    const dedupKey = event?.dedup_key ?? randomUUID();
    const isKnown = request.method === "POST" && enqueuePaths.has(path);
    const reply = isKnown ? replyTo(answers.shift() ?? "accept", parsed, dedupKey) : notFound;
    const answered = typeof reply === "string" ? reply : reply.status;
    const one = { at: new Date(), path, text: body.toString("utf8"), body: event, answered };
    received.push(one);
    options.onRequest?.(one);
    if (answered === 202 && event !== null) accept(event, dedupKey);
    if (reply === "reset") request.socket.destroy();
    if (typeof reply === "string") return;
    response.writeHead(reply.status, reply.headers);
    if (reply.unfinished) response.write(reply.text);
    else response.end(reply.text);
  };

  const server = createServer({ key: certificate.private, cert: certificate.cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("error", () => undefined);
    request.on("end", () => receive(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    host: `localhost:${port}`,
    caFile,
    ca: certificate.cert,
    received,
    openAlerts: () => alerts,
    answerNext: (...more) => void answers.push(...more),
    next(wanted, signal) {
      const find = () => (typeof wanted === "number" ? accepted[wanted - 1] : accepted.find((event) => wanted(event)));
      return waitFor(find, waiting, signal);
    },
    async stop() {
      for (const one of waiting) one.reject(new Error("the PagerDuty receiver was stopped"));
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function waitFor(find: Waiting["find"], waiting: Set<Waiting>, signal?: AbortSignal): Promise<ReceivedEvent> {
  signal?.throwIfAborted();
  const found = find();
  if (found !== undefined) return found;
  let forget = () => {};
  try {
    return await new Promise<ReceivedEvent>((resolve, reject) => {
      const one = { find, resolve, reject };
      const abort = () => reject(signal?.reason as Error);
      waiting.add(one);
      signal?.addEventListener("abort", abort);
      forget = () => {
        waiting.delete(one);
        signal?.removeEventListener("abort", abort);
      };
    });
  } finally {
    forget();
  }
}
