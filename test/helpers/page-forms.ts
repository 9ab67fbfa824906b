/** Pages, and the cookie of who is signed in there unless a test says otherwise. */
interface Pages {
  readonly url: string;
  readonly cookie?: string;
}

/** Shows a token, and gives the session's cookie. */
export async function signInAt(server: Pages, token: string): Promise<string> {
  const body = new URLSearchParams({ token });
  const entered = await fetch(`${server.url}/sign-in`, { method: "POST", body, redirect: "manual" });
  return entered.headers.get("set-cookie")!.split(";")[0]!;
}

/** The page of an incident. */
export async function getIncident(server: Pages, id: string, cookie = server.cookie ?? "", query = "") {
  const answer = await fetch(`${server.url}/incidents/${encodeURIComponent(id)}${query}`, { headers: { cookie } });
  return { status: answer.status, text: await answer.text() };
}

/** What a test changes of a browser that sends a form. */
export interface Sending {
  readonly cookie?: string;
  readonly formToken?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a form as a browser does from the incident's own page, but for what a test says. */
export async function actAt(server: Pages, id: string, fields: Record<string, string>, sending: Sending = {}) {
  const { cookie = server.cookie ?? "", headers = { "sec-fetch-site": "same-origin", origin: server.url } } = sending;
  const formToken = sending.formToken ?? formTokenOf((await getIncident(server, id, cookie)).text);
  const answer = await fetch(`${server.url}/incidents/${encodeURIComponent(id)}`, {
    method: "POST",
    body: new URLSearchParams({ form_token: formToken, ...fields }),
    headers: { cookie, ...headers },
    redirect: "manual",
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

/** The token that the forms of a page carry, or "". */
export const formTokenOf = (page: string) => /name="form_token" value="([0-9a-f]{64})"/.exec(page)?.[1] ?? "";
