import { buildEvent } from "../record/build-event.js";
import { splitWords } from "../record/combined-line.js";
import { wordNumbered } from "../record/key-headers.js";
import type { LogFormat } from "../record/log-format.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";
import { amountOf } from "../record/log-values.js";

/**
 * Access logs of AWS's Application Load Balancer. They hold no header: what names a key is the query, or `--key-from ip`.
 *
 * | event | place in the line |
 * | --- | --- |
 * | ts | 2 `time`: when the answer was sent |
 * | key | query of 13 `request` |
 * | source_ip | 4 `client:port` |
 * | route, method | 13 `request`, folded |
 * | status | 9 `elb_status_code` |
 * | latency_ms | 6 + 7 + 8: the times of request, target and response |
 * | bytes | 12 `sent_bytes` |
 * | user_agent, id | 14, 18 `trace_id` |
 * | service | 19 `domain_name` |
 */
export const alb: LogFormat = {
  name: "alb",
  records: "lines",
  looksLike: ({ lines, values }) =>
    values.length === 0 && mostAre(lines, isAlbLine)
      ? "lines of an AWS Application Load Balancer: type, time, app/…, client:port"
      : null,
  parse(record, options) {
    const words = typeof record === "string" ? splitWords(record, 32) : [];
    if (words.length < 14) return { rejected: "not_a_record" };
    const [method, target] = (words[12] ?? "").split(" ", 2);
    const seconds = [words[5], words[6], words[7]].map(amountOf);
    const isTimed = seconds.every((one) => one !== undefined);
    return buildEvent(
      {
        time: timeOf(words[1], options),
        header: (name) => wordNumbered(words, name),
        peer: words[3],
        // A client may send the root; then the balancer puts its own `Self=…;` before it.
        id: words[17]?.split(";", 1)[0],
        method,
        target,
        status: words[8],
        bytes: words[11],
        latencyMs: isTimed ? Math.round(seconds.reduce<number>((sum, one) => sum + one, 0) * 1e6) / 1e3 : undefined,
        userAgent: words[13],
        service: words[18],
      },
      options,
    );
  },
};

const TYPES = new Set(["http", "https", "h2", "grpcs", "ws", "wss"]);

function isAlbLine(line: string): boolean {
  const words = splitWords(line.slice(0, 4096), 14);
  return words.length === 14 && TYPES.has(words[0]!) && words[2]!.startsWith("app/") && words[1]!.charCodeAt(4) === 45;
}
