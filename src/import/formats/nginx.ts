import type { Fields } from "../cloudtrail-names.js";
import { buildEvent } from "../record/build-event.js";
import { afterVirtualHost, parseCombined, splitWords, type CombinedLine } from "../record/combined-line.js";
import { fieldNamed, idAmongFields, rawKeyAmongFields, wordNumbered } from "../record/key-headers.js";
import type { LogFormat, ParsedRecord, ParseOptions } from "../record/log-format.js";
import { fieldsOf, firstText, secondsToMs, textOf } from "../record/log-values.js";
import { mostAre } from "../record/log-sample.js";
import { timeOf } from "../record/log-time.js";

/**
 * nginx: `combined`, the stock `main` (which adds `"$http_x_forwarded_for"`), ingress-nginx, and JSON of nginx's own variables. Apache writes the
 * same combined lines.
 *
 * | event | line | JSON |
 * | --- | --- | --- |
 * | ts | `[time_local]` | `msec`, else `time_iso8601`, `time_local`, `@timestamp`, `time` |
 * | key_id | | `api_key_id`, `key_id`, `consumer_id`, `x_consumer_id`, … |
 * | key | query | query; `http_authorization`, `http_x_api_key`, … |
 * | source_ip | first word, or trusted `X-Forwarded-For` | `remote_addr`, or trusted `http_x_forwarded_for` |
 * | route | path, folded | `request_uri`, else `uri`, `request`; folded |
 * | status, bytes | | `status`; `bytes_sent`, else `body_bytes_sent` |
 * | latency_ms | ingress-nginx's request time, or a decimal behind the agent | `request_time` |
 * | id | | `request_id` |
 * | service | ingress-nginx's upstream | `host`, else `server_name` |
 */
export const nginx: LogFormat = {
  name: "nginx",
  records: "both",
  looksLike({ lines, values }) {
    if (mostAre(values, isNginxJson)) return "JSON with remote_addr, status and nginx's names of a request";
    if (values.length > 0 || !mostAre(lines, isNginxLine)) return null;
    return 'combined lines: address, user, [time], "request", status, bytes, "referer", "agent" (Apache\'s are the same)';
  },
  parse(record, options) {
    if (typeof record !== "string") return parseJson(fieldsOf(record), options);
    const line = parseCombined(record);
    return line === undefined ? { rejected: "not_a_record" } : eventOfCombined(line, options);
  },
};

const REQUEST_NAMES = ["request", "request_uri", "uri", "request_method"];

function isNginxJson(value: Fields): boolean {
  return "remote_addr" in value && "status" in value && REQUEST_NAMES.some((name) => name in value);
}

function isNginxLine(line: string): boolean {
  const found = parseCombined(line);
  if (found === undefined || !found.hasAgent || afterVirtualHost(line) > 0) return false;
  // Traefik's lines end in a duration, a combined line with a virtual host before it is Apache's.
  return !found.rest.endsWith("ms");
}

/** What a combined line says, whoever wrote it; `service` is what stood before it. */
export function eventOfCombined(line: CombinedLine, options: ParseOptions, service = ""): ParsedRecord {
  const { rest } = line;
  const words = rest === "" ? [] : splitWords(rest, 16);
  const isIngress = words.length >= 9 && rest.includes("[");
  const seconds = isIngress ? words[1] : words.find(isDecimal);
  return buildEvent(
    {
      time: line.time,
      user: line.user,
      header: (name) => wordNumbered(words, name),
      peer: line.peer,
      forwarded: rest.charCodeAt(0) === 34 && isAddresses(words[0]) ? words[0] : undefined,
      method: line.method,
      target: line.target,
      status: line.status,
      bytes: line.bytes,
      latencyMs: seconds === undefined ? undefined : secondsToMs(seconds),
      userAgent: line.userAgent,
      service: isIngress ? words[2] : service,
    },
    options,
  );
}

/** `0.023`: seconds with a fraction. */
function isDecimal(word: string): boolean {
  return word.length <= 12 && /^\d{1,6}\.\d{1,6}$/.test(word);
}

function isAddresses(word = ""): boolean {
  return word.length >= 2 && /^[0-9a-fA-F:., ]+$/.test(word);
}

function parseJson(record: Fields, options: ParseOptions): ParsedRecord {
  if (!("remote_addr" in record) && !("status" in record)) return { rejected: "not_a_record" };
  const [method = "", target = ""] = textOf(record["request"]).split(" ", 2);
  const time = record["msec"] ?? record["time_iso8601"] ?? record["time_local"] ?? record["@timestamp"];
  return buildEvent(
    {
      time: timeOf(time ?? record["time"], options),
      keyId: idAmongFields(record),
      rawKey: rawKeyAmongFields(record),
      user: record["remote_user"],
      header: (name) => fieldNamed(record, name),
      peer: record["remote_addr"],
      forwarded: record["http_x_forwarded_for"],
      id: record["request_id"],
      method: firstText(record["request_method"], method),
      target: firstText(record["request_uri"], record["uri"], target),
      status: record["status"],
      bytes: record["bytes_sent"] ?? record["body_bytes_sent"],
      latencyMs: secondsToMs(record["request_time"]),
      userAgent: record["http_user_agent"],
      service: firstText(record["host"], record["http_host"], record["server_name"]),
    },
    options,
  );
}
