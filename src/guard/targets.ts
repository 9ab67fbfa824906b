import type { Target } from "./define-target.js";
import { apisix } from "./apisix.js";
import { aws } from "./aws.js";
import { cloudflare } from "./cloudflare.js";
import { kong } from "./kong.js";
import { webhook } from "./webhook.js";

/** Every kind of guard that can be asked. */
export const TARGETS: readonly Target[] = [webhook, kong, apisix, aws, cloudflare];
