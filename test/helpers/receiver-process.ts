import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Answer } from "../../src/local/pagerduty/answers.js";
import type { Certificate } from "../../src/local/pagerduty/certificate.js";
import { startPagerDutyReceiver } from "../../src/local/pagerduty/receiver.js";

// node receiver-process.js PORT DIR: a PagerDuty over TLS that may be killed and started again. What it was sent is in DIR/log.ndjson
// before it is answered; how it answers next is taken from DIR/answers.json once.
const [port = "0", dir = "."] = process.argv.slice(2);
const certificate = JSON.parse(readFileSync(`${dir}/certificate.json`, "utf8")) as Certificate;
const receiver = await startPagerDutyReceiver({
  port: Number(port),
  certificate,
  onRequest: ({ body, answered }) => {
    const line = { action: body?.event_action, key: body?.dedup_key, summary: body?.payload?.summary, answered };
    appendFileSync(`${dir}/log.ndjson`, `${JSON.stringify(line)}\n`);
  },
});
setInterval(() => {
  const file = `${dir}/answers.json`;
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  if (text === "") return;
  receiver.answerNext(...(JSON.parse(text) as Answer[]));
  writeFileSync(file, "");
}, 20);
process.stdout.write(`${receiver.host}\n`);
