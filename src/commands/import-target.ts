import type { Secret } from "../secret.js";
import { CommandFailure, EXIT, openConfig } from "./run-command.js";

/** Where events are sent, and with which token: for history an admin's first, else a sender's. @throws CommandFailure without a token */
export function readTarget(isHistory: boolean): { readonly url: string; readonly token: Secret } {
  const { PLIMSOLL_URL: url, PLIMSOLL_ADMIN_TOKENS: admins, PLIMSOLL_INGEST_TOKENS: senders } = openConfig();
  const token = (isHistory ? [...admins, ...senders] : [...senders, ...admins])[0]?.token;
  if (token !== undefined) return { url, token };
  throw new CommandFailure(
    EXIT.usage,
    "neither PLIMSOLL_ADMIN_TOKENS nor PLIMSOLL_INGEST_TOKENS is set: one is needed to send, --out needs none",
  );
}
