import { askGuard } from "../guard/ask-guard.js";
import { hideSecrets } from "../guard/hide-secrets.js";
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

/** Shorter parts of an address are words like `services`. */
const LEAST_SECRET = 8;

/** Posts JSON once and judges the answer as a page's. Never throws. */
export async function post(
  { url, headers, body, secrets, isDone }: Post,
  { signal, timeoutMs }: SendOptions,
): Promise<DeliveryVerdict> {
  const verdict = await askGuard(
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
  return verdict.kind === "sent" ? verdict : { ...verdict, problem: hideSecrets(verdict.problem, secrets) };
}

/** The forms in which an address may be echoed: whole, and each part of it that may be a secret. */
export function addressSecrets(url: URL): readonly string[] {
  const parts = [...url.pathname.split("/"), ...url.searchParams.values()].filter(
    ({ length }) => length >= LEAST_SECRET,
  );
  const way = `${url.pathname}${url.search}`;
  return [url.href, url.origin, url.host, url.hostname, ...(way.length > 1 ? [way] : []), ...parts];
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
