import { askGuard } from "../guard/ask-guard.js";
import type { DeliveryVerdict } from "../model/incident/page.js";
import type { SendOptions } from "./destination.js";

/** What is sent where, and what must not come back in a problem. */
export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secrets: readonly string[];
  /** Whether an answer says that it was taken: any 2xx unless given. `isCut`: the rest of it did not come in time. */
  readonly isDone?: (status: number, answer: string, isCut: boolean) => boolean;
}

/** Posts JSON once and judges the answer as a page's. Never throws. */
export async function post(
  { url, headers, body, secrets, isDone }: Post,
  { signal, timeoutMs }: SendOptions,
): Promise<DeliveryVerdict> {
  return askGuard(
    {
      method: "POST",
      url,
      headers: { "content-type": "application/json", ...headers },
      body,
      ...(isDone === undefined ? {} : { isDone }),
    },
    {},
    secrets,
    { signal, hintOf, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

/** What to look at after a refusal. */
function hintOf(status: number): string {
  if (status < 300) return "; that is no answer of such a destination: check its type and url in PLIMSOLL_DESTINATIONS";
  if (status < 400) return "; redirects are not followed: give the address that it leads to as url";
  if (status === 401) return "; check the secret of this destination in PLIMSOLL_DESTINATIONS";
  return status === 403 || status === 404 || status === 410
    ? "; check that it still exists there, and its url in PLIMSOLL_DESTINATIONS"
    : "";
}
