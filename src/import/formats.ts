import { alb } from "./formats/alb.js";
import { anthropic } from "./formats/anthropic.js";
import { apache } from "./formats/apache.js";
import { apiGateway } from "./formats/apigateway.js";
import { apim } from "./formats/apim.js";
import { apisix } from "./formats/apisix.js";
import { caddy } from "./formats/caddy.js";
import { cloudEvents } from "./formats/cloudevents.js";
import { cloudflare } from "./formats/cloudflare.js";
import { envoy } from "./formats/envoy.js";
import { gcp } from "./formats/gcp.js";
import { github } from "./formats/github.js";
import { haproxy } from "./formats/haproxy.js";
import { kong } from "./formats/kong.js";
import { litellm } from "./formats/litellm.js";
import { nginx } from "./formats/nginx.js";
import { openai } from "./formats/openai.js";
import { otel } from "./formats/otel.js";
import { traefik } from "./formats/traefik.js";
import { tyk } from "./formats/tyk.js";
import type { LogFormat } from "./record/log-format.js";

/** Every format that is read record by record; CloudTrail and events as they are have readers of their own. */
export const FORMATS: readonly LogFormat[] = [
  nginx,
  apache,
  caddy,
  traefik,
  haproxy,
  envoy,
  alb,
  apiGateway,
  cloudflare,
  kong,
  apisix,
  tyk,
  apim,
  litellm,
  otel,
  cloudEvents,
  gcp,
  github,
  openai,
  anthropic,
];

/** The format of that name or alias. */
export function formatNamed(name: string): LogFormat | undefined {
  return FORMATS.find((format) => format.name === name || format.aliases?.includes(name) === true);
}
