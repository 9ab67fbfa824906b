import { appendFileSync, existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { startDestinationReceiver, type DestinationAnswer } from "./destination-receiver.js";

// A Slack and a webhook's receiver in a process that can be killed or frozen: port, directory and secret are its arguments. What it got is
// in log.ndjson before it answers; answers.json is how it answers next, path by path.
const [port = "", dir = "", secret = ""] = process.argv.slice(2);
const file = join(dir, "answers.json");
const receiver = await startDestinationReceiver(secret, {
  port: Number(port),
  onSeen: ({ path, id, body, answered, taken }) =>
    appendFileSync(join(dir, "log.ndjson"), `${JSON.stringify({ path, id, body, answered, taken })}\n`),
  onRequest: () => {
    if (!existsSync(file)) return;
    const read = `${file}.read`;
    renameSync(file, read);
    const next = JSON.parse(readFileSync(read, "utf8")) as Record<"/slack" | "/webhook", DestinationAnswer[]>;
    for (const path of ["/slack", "/webhook"] as const) receiver.answerNext(path, ...next[path]);
  },
});
