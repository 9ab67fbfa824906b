import { KNOWN_NETWORKS } from "./known-networks.js";
import { NETWORK_TYPES, type NetworkType } from "./network-table.js";

/**
 * What a registered name says about use, the first that matches: after the clouds the kinds from which stolen keys are used come first, and the words
 * are narrow, since a host that passes for a household's line is watched less strictly, while an unknown network is watched as a host.
 */
const SAID_BY_NAME: readonly (readonly [NetworkType, RegExp])[] = [
  [
    "cloud",
    /^(amazon(\.com)?,? (inc|data|tech)|google,? llc|microsoft (corp|azure)|oracle (corp|cloud)|tencent cloud|huawei cloud|alibaba)/,
  ],
  ["vpn", /vpn|\bprivacy\b|\bproxy|\bproxies\b|\btor (exit|relay)/],
  [
    "hosting",
    /host(?!el|al|ess|ile|age)|server|\bv[pd]s|vps\b|cloud|\bdata[- ]?(cent|zent)|datacent|centros? de datos|rechenzentr|\bcolo\b|coloc|\bdedi(cated)?\b|\bcdn|\bbare ?metal|\bip leasing|\bddos/,
  ],
  [
    "business",
    /universi|forschungsnetz|\bcollege|\bschool|\binstitut|\bacadem|\bresearch|\bbank(?!a? ancha)|\bbanco\b|\binsurance|\bgovern|\bminist[re]|\bmunicip|\bcity of\b|\bcounty\b|\bhospital|\bhealth|\bairlines?\b|\bairport|\bpolice\b|\bfederal\b|\bcouncil\b|\bdefen[cs]e\b|\bdepartment\b|\bdept\b|\beducat|\bstate of\b|\bfoundation\b|\bpharma|\bmedical\b|\bcapital\b|\blibrary\b/,
  ],
  [
    "isp",
    /tele?[ck]om|\bt[eé]l[eé]f[oó]n|telephon|\btelef|vodafone|communication|comunica|kommunikat|broadband|banda (ancha|larga)|\bcable|\bkabel|mobile|m[oó]vil|\bmobil|wireless|cellular|\bfib(er|re|ra)|fib(er|re|ra)\b|\bglasfaser|internet|\bisps?\b|\bprovedor|\bwi-?fi\b|\bwisp\b|satelli|\bdsl\b|\b[45]g\b|\bunicom\b|\btelemat|\bteleservi|\btelenet|\btelebec|\btv\b|\b(verizon|orange|telenor|telia|airtel|telstra|telmex|claro|docomo|softbank|mtn|ooredoo|odido|at&t|wind tre)\b/,
  ],
];

const byAsn = new Map(
  NETWORK_TYPES.flatMap((type) =>
    Object.values(KNOWN_NETWORKS[type] ?? {}).flatMap((asns) => asns.map((asn) => [asn, type] as const)),
  ),
);

/** What an autonomous system is used for, by what is known of it, else by what its registered name says; often nothing. */
export function networkTypeOf(asn: number, name: string): NetworkType | "unknown" {
  const known = byAsn.get(asn);
  if (known !== undefined) return known;
  const text = name.toLowerCase();
  return SAID_BY_NAME.find(([, words]) => words.test(text))?.[0] ?? "unknown";
}
