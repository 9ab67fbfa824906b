import { isFields } from "../cloudtrail-names.js";
import { fieldsOf } from "./log-values.js";
import { listOf } from "./otlp-values.js";

/** What shippers and container runtimes call the line that they read, beside fields of their own. */
const NAMES = ["message", "log"];

/**
 * The lines that were put into JSON on their way: by Vector (`message`), Fluent Bit and Docker (`log`), a subscription of CloudWatch Logs
 * (`logEvents[].message`) or a Collector (`resourceLogs`, each record's body). None where the value is nothing of it.
 */
export function wrappedLines(value: unknown): readonly string[] {
  if (!isFields(value)) return [];
  if (Array.isArray(value["logEvents"])) return textsIn(value["logEvents"], (one) => fieldsOf(one)["message"]);
  if (Array.isArray(value["resourceLogs"])) {
    const records = listOf(value["resourceLogs"])
      .flatMap((batch) => listOf(fieldsOf(batch)["scopeLogs"]))
      .flatMap((scope) => listOf(fieldsOf(scope)["logRecords"]));
    return textsIn(records, (one) => fieldsOf(fieldsOf(one)["body"])["stringValue"]);
  }
  const name = NAMES.find((one) => typeof value[one] === "string");
  return name === undefined ? [] : [value[name] as string];
}

/** What CloudWatch Logs asks a subscriber with whether it is there. */
export function isControlMessage(value: unknown): boolean {
  return fieldsOf(value)["messageType"] === "CONTROL_MESSAGE";
}

/** What is no text is an empty one: each record keeps its place. */
function textsIn(list: readonly unknown[], textOf: (one: unknown) => unknown): string[] {
  return list.map((one) => {
    const text = textOf(one);
    return typeof text === "string" ? text : "";
  });
}
