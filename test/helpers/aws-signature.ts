import { createHash, createHmac } from "node:crypto";
import type { AskedReport } from "./report-server.js";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** The Signature Version 4 that a request to `/` must have, by AWS's own description of it, and the one that it has. */
export function signaturesOf({ method, headers, body }: AskedReport, secret: string) {
  const [, scope = "", names = "", given = ""] =
    /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? "") ??
    [];
  const [date = "", region = "", service = "", end = ""] = scope.split("/");
  const lines = names.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`);
  const request = [method, "/", "", lines.join(""), names, hash(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", String(headers["x-amz-date"]), scope, hash(request)].join("\n");
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), end);
  return { given, expected: hmac(key, text).toString("hex"), scope, names: names.split(";") };
}
