import type { Random } from "./random.js";

const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome";

/** What callers call themselves: holders' servers, browsers and apps, builds and laptops; monitors; and scripts of attackers. */
export const userAgents = {
  server: [
    "python-sdk/5.4.1 Python/3.12.4",
    "node-sdk/12.0.3 node/20.15.1",
    "java-sdk/24.9.0 java/17.0.11",
    "go-sdk/1.88.0 go/1.22.5",
    "ruby-sdk/11.6.0 ruby/3.3.4",
    "php-sdk/13.2.0 PHP/8.3.9",
    "dotnet-sdk/6.1.2 .NET/8.0.7",
    "axios/1.7.2",
    "okhttp/4.12.0",
    "Apache-HttpClient/5.3.1 (Java/21.0.3)",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
  ],
  client: [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/138.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/137.0.0.0 Safari/537.36 Edg/137.0.0.0`,
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}/138.0.0.0 Safari/537.36`,
    `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}/138.0.0.0 Mobile Safari/537.36`,
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "ShopApp/7.31.0 (iOS 18.5)",
    "ShopApp/7.30.2 (Android 15)",
  ],
  build: [
    "curl/8.5.0",
    "npm/10.8.2 node/v20.15.1 linux x64",
    "pip/24.1.2 (python 3.12.4)",
    "git/2.45.2",
    "Gradle/8.9.0 (Linux;6.8.0;amd64)",
  ],
  laptop: [
    "curl/8.6.0",
    "PostmanRuntime/7.39.0",
    "HTTPie/3.2.2",
    "insomnia/9.3.1",
    "python-requests/2.32.2",
    "node-sdk/12.1.0 node/22.4.1",
  ],
  monitor: ["Mozilla/5.0 (compatible; StatusProbe/2.1)", "UptimeWatch/1.14.0", "synthetic-check/4.0.2"],
  script: [
    "python-requests/2.32.3",
    "python-httpx/0.27.0",
    "curl/8.8.0",
    "Go-http-client/2.0",
    "aiohttp/3.9.5",
    "node-fetch/1.0",
  ],
} as const;

/** The next version of the same client, as an upgrade brings it. */
export function upgraded(agent: string): string {
  if (agent.startsWith("Mozilla"))
    return agent.replace(
      /(Chrome\/|Edg\/|Firefox\/|rv:)(\d+)/g,
      (_, name: string, major: string) => name + (Number(major) + 1),
    );
  // Go's client tells the version of HTTP.
  if (agent.startsWith("Go-http-client")) return agent;
  return agent.replace(
    /\/(v?\d+)\.(\d+)(\.\d+)?/,
    (_, major: string, minor: string, patch = "") => `/${major}.${Number(minor) + 1}${patch === "" ? "" : ".0"}`,
  );
}

/** So many different names of a family, or all where there are fewer. */
export function drawAgents(family: keyof typeof userAgents, count: number, random: Random): string[] {
  return random.sample<string>(userAgents[family], count);
}
