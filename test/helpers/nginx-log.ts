/** What a line of an access log is made of. */
interface Served {
  readonly ts: string;
  readonly key_id: string;
  readonly source_ip?: string;
  readonly method?: string;
  readonly route?: string;
  readonly status?: number;
  readonly bytes?: number;
  readonly user_agent?: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number) => String(number).padStart(2, "0");

/** The time as access logs write it. */
function clfText(at: Date): string {
  const day = `${two(at.getUTCDate())}/${MONTHS[at.getUTCMonth()]}/${at.getUTCFullYear()}`;
  return `${day}:${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}

/** An event as nginx would have logged it in `combined`, with the raw key that is made of its key's id in the query. */
export function nginxLine(event: Served, rawKeyOf?: (keyId: string) => string): string {
  const {
    source_ip: peer = "-",
    method = "GET",
    route = "/",
    status = 200,
    bytes = 0,
    user_agent: agent = "-",
  } = event;
  const user = rawKeyOf === undefined ? event.key_id : "-";
  const query = rawKeyOf === undefined ? "" : `${route.includes("?") ? "&" : "?"}api_key=${rawKeyOf(event.key_id)}`;
  return `${peer} - ${user} [${clfText(new Date(event.ts))}] "${method} ${route}${query} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`;
}
