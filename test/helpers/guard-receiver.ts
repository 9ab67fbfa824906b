import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

/** How the next call is answered. What acts first has its effect, though nobody hears of it. */
export type GuardAnswer =
  | "accept"
  | "fail"
  | "busy"
  | "refuse"
  | "reset"
  | "redirect"
  | "act-and-hang"
  | "act-and-reset"
  | "act-and-fail";

/** One request as it came, to be sent again. */
export interface SeenCall {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answered: GuardAnswer | "forged";
  /** Whether it did something, and was no repeat. */
  readonly hadEffect: boolean;
}

/** A gateway that guards keys by signed webhooks, as docs/containment.md asks of a receiver. */
export interface GuardReceiver {
  readonly url: string;
  readonly seen: readonly SeenCall[];
  /** What is in force now, by containment. */
  readonly inForce: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  answerNext(...answers: readonly GuardAnswer[]): void;
  close(): Promise<void>;
}

interface Call {
  readonly type: "key.contain" | "key.release";
  readonly data: Readonly<Record<string, unknown>> & { readonly containment_id: string; readonly sequence: number };
}

/** Starts a receiver that knows a secret. */
export async function startGuardReceiver(secret: string): Promise<GuardReceiver> {
  const webhook = new Webhook(secret);
  const seen: SeenCall[] = [];
  const answers: GuardAnswer[] = [];
  const ids = new Set<string>();
  const newest = new Map<string, number>();
  const inForce = new Map<string, Readonly<Record<string, unknown>>>();
  const act = (id: string, { type, data }: Call): boolean => {
    if (ids.has(id)) return false;
    ids.add(id);
    if ((newest.get(data.containment_id) ?? 0) > data.sequence) return false;
    newest.set(data.containment_id, data.sequence);
    if (type === "key.contain") inForce.set(data.containment_id, data);
    else inForce.delete(data.containment_id);
    return true;
  };
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const headers = request.headers as Record<string, string>;
    const note = (answered: SeenCall["answered"], hadEffect: boolean) =>
      seen.push({ headers, body, answered, hadEffect });
    let call: Call;
    try {
      call = webhook.verify(body, headers) as Call;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      note("forged", false);
      response.writeHead(401).end(JSON.stringify({ error: error.message }));
      return;
    }
    const answer = answers.shift() ?? "accept";
    const acts = answer === "accept" || answer.startsWith("act-");
    note(answer, acts && act(headers["webhook-id"]!, call));
    if (answer === "accept") response.writeHead(204).end();
    if (answer === "fail" || answer === "act-and-fail") response.writeHead(503).end("<html>busy</html>");
    if (answer === "busy") response.writeHead(429, { "retry-after": "1" }).end();
    if (answer === "refuse") response.writeHead(422).end(`{"error":"no such key, said with ${secret}"}`);
    if (answer === "redirect") response.writeHead(307, { location: "/elsewhere" }).end();
    if (answer === "reset" || answer === "act-and-reset") request.socket.destroy();
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/contain`,
    seen,
    inForce,
    answerNext: (...next) => void answers.splice(0, answers.length, ...next),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
