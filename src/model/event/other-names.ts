/** Optional fields of an event that may be meant by a name that nobody reads. */
export const OPTIONAL = [
  "source_ip",
  "method",
  "route",
  "status",
  "latency_ms",
  "bytes",
  "cost_usd",
  "units",
  "scope",
  "user_agent",
  "tls_fingerprint",
  "principal",
  "parent_key_id",
  "region",
  "service",
  "count",
  "bucket_minutes",
  "observed_by",
] as const;
export type OptionalField = (typeof OPTIONAL)[number];

/** What an event must have: its instant, and one of the two that name its key. */
export type RequiredField = "ts" | "key";

/** What other programs call our fields, in small letters without signs between the words. */
const OTHERS: Readonly<Partial<Record<OptionalField | RequiredField, string>>> = {
  ts: "ts time timestamp datetime date eventtime eventtimestamp requesttime requesttimestamp starttime occurredat createdat receivedat loggedat",
  key: "key keyid keyname kid apikey apikeyid xapikey rawkey accesskey accesskeyid secretkey apitoken accesstoken token bearer authorization credential",
  source_ip:
    "ip clientip remoteip sourceip srcip peerip userip ipaddress sourceaddress clientaddress clientaddr remoteaddress remoteaddr",
  method: "httpmethod requestmethod verb",
  route: "path url uri endpoint operation requestpath requesturi requesturl urlpath httppath httproute resource",
  status: "statuscode httpstatus httpstatuscode httpcode responsecode responsestatus",
  latency_ms: "latency duration durationms elapsed elapsedms responsetime responsetimems requesttimems latencymillis",
  bytes: "size responsebytes responsesize bytessent bodybytes bodybytessent contentlength bytesout",
  cost_usd: "cost price amount spend totalcost costs usd",
  units: "tokens totaltokens tokencount quantity credits",
  scope: "permission permissions scopes",
  user_agent: "ua agent httpuseragent useragentstring",
  tls_fingerprint: "ja4 ja3 ja4hash ja3hash tlsfingerprinthash",
  principal: "principalarn rolearn",
  parent_key_id: "parentkey parentaccesskeyid",
  region: "awsregion zone datacenter",
  service: "servicename apiname",
  count: "requests requestcount numrequests hits",
};

const BY_NAME: ReadonlyMap<string, OptionalField | RequiredField> = new Map(
  Object.entries(OTHERS).flatMap(([field, names]) =>
    names.split(" ").map((name) => [name, field as OptionalField | RequiredField] as const),
  ),
);

/** The field that other programs call so; null where none is. The name has small letters and digits only. */
export function fieldCalled(plainName: string): OptionalField | RequiredField | null {
  return BY_NAME.get(plainName) ?? null;
}
