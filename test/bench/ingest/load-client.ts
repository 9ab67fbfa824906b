import { Agent, request } from "node:http";

/** How a load was answered. */
export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds from the beginning of a request to the end of its answer; those that were sent again count once, in full. */
  readonly p50: number;
  readonly p99: number;
  /** Answers 429 and 503. */
  readonly refused: number;
}

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly bodies: readonly Buffer[];
  readonly connections: number;
  /** Requests begin at this pace; without one, each when the one before it on its connection has ended. */
  readonly perSecond?: number;
}

/** Sends bodies over keep-alive connections, each again until it is taken. @throws Error for an answer that is neither 202, 429 nor 503 */
export async function sendLoad({ url, token, bodies, connections, perSecond }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let [next, refused] = [0, 0];
  const startedAt = performance.now();
  const sendRest = async (): Promise<void> => {
    while (next < bodies.length) {
      const index = next;
      next += 1;
      const dueAt = perSecond === undefined ? 0 : startedAt + (index / perSecond) * 1000;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
      // What waits for a free connection is late by that: the clock began when it was due.
      const beganAt = perSecond === undefined ? performance.now() : Math.max(dueAt, startedAt);
      for (let answer = await post(agent, url, token, bodies[index]!); answer.status !== 202;) {
        if (answer.status !== 429 && answer.status !== 503) throw new Error(`${answer.status}: ${answer.text}`);
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, answer.retryAfterMs));
        answer = await post(agent, url, token, bodies[index]!);
      }
      times.push(performance.now() - beganAt);
    }
  };
  await Promise.all(Array.from({ length: connections }, sendRest));
  agent.destroy();
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { seconds: (performance.now() - startedAt) / 1000, p50: at(0.5), p99: at(0.99), refused };
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number;
  readonly text: string;
}

async function post(agent: Agent, url: string, token: string, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      "content-type": "application/x-ndjson",
      "content-length": body.length,
    };
    const sent = request(`${url}/v1/events`, { method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject).on("end", () => {
        const retryAfterMs = Number(response.headers["retry-after"] ?? 1) * 1000;
        resolve({ status: response.statusCode ?? 0, retryAfterMs, text });
      });
    });
    sent.on("error", reject).end(body);
  });
}
