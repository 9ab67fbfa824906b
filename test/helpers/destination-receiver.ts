import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { slackProblems } from "./slack-limits.js";

/** How the next message is answered. What takes it first has it, though nobody hears of that. */
export type DestinationAnswer =
  | "accept"
  | "rate-limited"
  | "server-error"
  | "timeout"
  | "refuse"
  | "reset"
  | "take-and-reset"
  | "take-and-hang"
  | "take-and-fail"
  | "hang";

/** One message as it came. */
export interface SeenMessage {
  /** `/slack` or `/webhook`. */
  readonly path: string;
  /** What it is known by: the webhook's id; of Slack's there is none. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly answered: DestinationAnswer | "forged";
  /** Whether it has the message now. */
  readonly taken: boolean;
}

/** A Slack and a receiver of signed webhooks, each as strict as the documents it stands for. */
export interface DestinationReceiver {
  readonly slackUrl: string;
  readonly webhookUrl: string;
  readonly seen: readonly SeenMessage[];
  answerNext(path: "/slack" | "/webhook", ...answers: readonly DestinationAnswer[]): void;
  /** What is answered when nothing else was said. */
  answerAlways(path: "/slack" | "/webhook", answer: DestinationAnswer): void;
  close(): Promise<void>;
}

interface ReceiverOptions {
  readonly port?: number;
  /** Told of each message before it is answered. */
  readonly onSeen?: (message: SeenMessage) => void;
  readonly onRequest?: () => void;
}

/** Slack's addresses have their secret in the path. */
export const SLACK_PATH = "T00000000/B00000000/" + "x".repeat(24);

/** Starts a receiver that knows the secret of its webhooks; on a port, if one is given. */
export async function startDestinationReceiver(
  secret: string,
  { port = 0, onSeen = () => undefined, onRequest = () => undefined }: ReceiverOptions = {},
): Promise<DestinationReceiver> {
  const webhook = new Webhook(secret);
  const seen: SeenMessage[] = [];
  const next = new Map<string, DestinationAnswer[]>();
  const always = new Map<string, DestinationAnswer>();
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await text(request);
    onRequest();
    const path = request.url === "/webhook" ? "/webhook" : "/slack";
    const headers = request.headers as Record<string, string>;
    const note = (answered: SeenMessage["answered"], taken: boolean) => {
      const message = {
        path,
        id: headers["webhook-id"] ?? "",
        body: JSON.parse(raw) as SeenMessage["body"],
        answered,
        taken,
      };
      onSeen(message);
      seen.push(message);
    };
    const problem = path === "/webhook" ? signatureProblem(webhook, raw, headers) : slackProblems(raw)[0];
    if (problem !== undefined) {
      note("forged", false);
      response
        .writeHead(path === "/webhook" ? 401 : 400)
        .end(path === "/webhook" ? problem : `invalid_blocks ${problem}`);
      return;
    }
    const answer = next.get(path)?.shift() ?? always.get(path) ?? "accept";
    note(answer, answer === "accept" || answer.startsWith("take-"));
    if (answer === "accept") response.writeHead(200).end(path === "/webhook" ? "" : "ok");
    if (answer === "server-error" || answer === "take-and-fail") response.writeHead(503).end("<html>busy</html>");
    if (answer === "rate-limited") response.writeHead(429, { "retry-after": "1" }).end("rate_limited");
    if (answer === "timeout") response.writeHead(408).end();
    if (answer === "refuse") response.writeHead(404).end(`no_service at ${request.url} of ${headers["host"]}`);
    if (answer === "reset" || answer === "take-and-reset") request.socket.destroy();
  };
  const server = createServer(
    (request, response) => void take(request, response).catch(() => request.socket.destroy()),
  );
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    slackUrl: `${origin}/services/${SLACK_PATH}`,
    webhookUrl: `${origin}/webhook`,
    seen,
    answerNext: (path, ...answers) => void next.set(path, [...(next.get(path) ?? []), ...answers]),
    answerAlways: (path, answer) => void always.set(path, answer),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function signatureProblem(webhook: Webhook, body: string, headers: Record<string, string>): string | undefined {
  try {
    webhook.verify(body, headers);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
