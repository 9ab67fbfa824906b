import { nginxLine } from "../../helpers/nginx-log.js";

const START = Date.UTC(2026, 2, 8);
const ROUTES = ["/v1/charges", "/v1/customers/cus_9s6XKzkNRiz8i3", "/v1/refunds/42", "/v1/chat/completions"];
const AGENTS = ["stripe-node/14.2.0", "curl/8.5.0", "python-requests/2.31.0", "okhttp/4.12.0"];

/** A request that the bench's logs are made of: 200 keys, 2,000 addresses, some tens of a second. */
function served(index: number) {
  return {
    ts: new Date(START + index * 37).toISOString(),
    at: START + index * 37,
    key_id: `key_${(index * 7) % 200}`,
    source_ip: `203.0.${index % 8}.${(index * 13) % 250}`,
    method: index % 3 === 0 ? "POST" : "GET",
    route: `${ROUTES[index % ROUTES.length]}${index % 5 === 0 ? `?page=${index % 90}` : ""}`,
    status: index % 50 === 0 ? 429 : 200,
    bytes: 400 + (index % 3000),
    user_agent: AGENTS[index % AGENTS.length]!,
  };
}

/** One record of a format a line, by what the bench calls it. */
export const LOG_LINES: Readonly<
  Record<string, { readonly format: string; readonly line: (index: number) => string }>
> = {
  nginx: { format: "nginx", line: (index) => nginxLine(served(index)) },
  "nginx, raw key": { format: "nginx", line: (index) => nginxLine(served(index), (id) => `ak${id}Zq7Tm2xW9`) },
  "nginx JSON": {
    format: "nginx",
    line: (index) => {
      const { at, key_id: key, source_ip: ip, method, route, status, bytes, user_agent: agent } = served(index);
      return JSON.stringify({
        msec: (at / 1000).toFixed(3),
        remote_addr: ip,
        request_id: index.toString(16).padStart(32, "0"),
        request_method: method,
        request_uri: route,
        status: String(status),
        bytes_sent: String(bytes),
        request_time: "0.023",
        http_user_agent: agent,
        api_key_id: key,
        host: "api.example.com",
      });
    },
  },
  kong: {
    format: "kong",
    line: (index) => {
      const { at, key_id: key, source_ip: ip, method, route, status, bytes, user_agent: agent } = served(index);
      return JSON.stringify({
        started_at: at,
        client_ip: ip,
        request: {
          method,
          uri: route,
          size: 120,
          headers: { host: "api.example.com", "user-agent": agent, accept: "*/*" },
        },
        response: { status, size: bytes, headers: { "content-type": "application/json", via: "kong/3.6" } },
        latencies: { request: 23, kong: 2, proxy: 21 },
        authenticated_entity: { id: key },
        consumer: { id: "acme", username: "acme" },
        route: { id: "r1", name: "charges", paths: [route.split("?", 1)[0]] },
        service: { id: "s1", name: "billing", host: "billing.internal" },
      });
    },
  },
  cloudtrail: {
    format: "cloudtrail",
    line: (index) => {
      const { ts, source_ip: ip, user_agent: agent } = served(index);
      return JSON.stringify({
        eventVersion: "1.08",
        userIdentity: {
          type: "IAMUser",
          arn: "arn:aws:iam::111122223333:user/ci",
          accountId: "111122223333",
          accessKeyId: `AKIAEXAMPLE${String(index % 200).padStart(9, "0")}`,
        },
        eventTime: `${ts.slice(0, 19)}Z`,
        eventSource: "s3.amazonaws.com",
        eventName: "ListBuckets",
        awsRegion: "eu-west-1",
        sourceIPAddress: ip,
        userAgent: agent,
        requestParameters: { bucketName: "data" },
        requestID: index.toString(16),
        eventID: index.toString(16).padStart(36, "0"),
        readOnly: true,
        eventType: "AwsApiCall",
      });
    },
  },
};
