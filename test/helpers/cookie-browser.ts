import { randomInt } from "node:crypto";

/** A browser as far as sign-ins need one: it keeps cookies by origin and follows redirects. */
export class CookieBrowser {
  readonly #jars = new Map<string, Map<string, string>>();
  readonly #address: string;

  /** @param address where it is, for a server that trusts the proxies of this machine; one of its own when absent */
  constructor(address = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`) {
    this.#address = address;
  }

  /** What it sends to an origin. */
  cookies(url: string): string {
    return [...this.#jarOf(url)].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  cookie(url: string, name: string): string {
    return this.#jarOf(url).get(name) ?? "";
  }

  setCookie(url: string, name: string, value: string): void {
    this.#jarOf(url).set(name, value);
  }

  /** One request. */
  async ask(url: string, init: { readonly method?: string; readonly body?: URLSearchParams } = {}): Promise<Response> {
    const headers = {
      cookie: this.cookies(url),
      "sec-fetch-site": "same-origin",
      accept: "text/html",
      "x-forwarded-for": this.#address,
    };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#jarOf(url).delete(name);
      else this.#jarOf(url).set(name, value);
    }
    return answer;
  }

  /** Follows redirects until a page, or until `stop` says so of an address; gives that address and the answer. */
  async go(url: string, stop: (url: string) => boolean = () => false): Promise<{ url: string; answer: Response }> {
    for (let at = url, hops = 0; hops < 20; hops += 1) {
      const answer = await this.ask(at);
      const to = answer.headers.get("location");
      if (to === null) return { url: at, answer };
      at = new URL(to, at).href;
      if (stop(at)) return { url: at, answer };
    }
    throw new Error("too many redirects");
  }

  #jarOf(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }
}
