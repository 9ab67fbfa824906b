import { SingleBar } from "cli-progress";
import type { EventBatch } from "../simulator/event-batches.js";

/** So many requests are under way at once: enough to keep ingest busy, few enough to stay nearly in order. */
const AT_ONCE = 3;

/** Sends batches to ingest, oldest first, with a progress bar on a terminal. Waits where ingest asks to; throws on a refusal. */
export async function sendBatches(
  batches: Iterator<EventBatch>,
  total: number,
  { url, token }: { readonly url: string; readonly token: string },
): Promise<void> {
  const bar = process.stderr.isTTY ? openBar(total) : undefined;
  const sendUntilDone = async () => {
    for (let next = batches.next(); next.done !== true; next = batches.next()) {
      await send(`${url}/v1/events`, token, next.value.lines);
      bar?.increment(next.value.count);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendUntilDone));
  bar?.stop();
}

function openBar(total: number): SingleBar {
  const bar = new SingleBar({
    format: "  sending {bar} {value}/{total} events",
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return bar;
}

async function send(url: string, token: string, lines: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
      body: lines,
    });
    const text = await answer.text();
    if (answer.status === 202) {
      const { rejected } = JSON.parse(text) as { rejected: number };
      if (rejected > 0) throw new Error(`ingest rejected ${rejected} events of the demo: ${text.slice(0, 500)}`);
      return;
    }
    if (answer.status !== 429 && answer.status !== 503)
      throw new Error(`ingest answered ${answer.status}: ${text.slice(0, 500)}`);
    const seconds = Number(answer.headers.get("retry-after") ?? "1");
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}
