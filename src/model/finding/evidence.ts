/** What came from one address in a span; spend in micro-dollars, instants in epoch ms. */
export interface SourceTraffic {
  readonly address: string;
  readonly asn: number;
  readonly networkType: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly requests: number;
  readonly spendMicros: number;
}

/** One source of a key in a span, with what it came to. */
export interface KeySource extends SourceTraffic {
  readonly userAgents: readonly string[];
  /** The first few short-lived keys that were used from there. */
  readonly sessionKeys: readonly string[];
  /** When the key was first served there at all (epoch ms); null when it never was. */
  readonly firstServedAt: number | null;
}

/** Sources of one kind: the busiest, and how many there are with what they requested, and with how many short-lived keys. */
export interface SourceList {
  readonly busiest: readonly KeySource[];
  readonly addresses: number;
  readonly requests: number;
  readonly sessionKeys: number;
}

/** Sources of a key in a span: those that a finding blames, and the others. */
export interface KeySources {
  readonly blamed: SourceList;
  readonly others: SourceList;
}

/** What a key used since an onset, and how large its requests were in the week before. */
export interface UsageAroundOnset {
  /** All, those that were not served included, and how many these were. */
  readonly requests: number;
  readonly unserved: number;
  readonly bytes: number;
  readonly spendMicros: number;
  readonly mostAMinute: number;
  readonly requestsBefore: number;
  readonly bytesBefore: number;
}

/** A network that a key was used from, with its use. */
export interface NetworkUse {
  readonly asn: number;
  readonly networkType: string;
  readonly name: string;
  readonly requests: number;
  readonly addresses: number;
}

/** A route or scope that is new to a key. */
export interface NewUse {
  readonly level: string;
  readonly value: string;
  readonly requests: number;
  /** Of these: answered with 401 or 403. */
  readonly refused: number;
  readonly spendMicros: number;
}

/** Another key that was used from there; amounts are of the span, instants epoch ms. */
export interface OtherKey {
  readonly keyId: string;
  /** Whether from one of the addresses, and not just from their networks. */
  readonly isSameAddress: boolean;
  /** Whether only from networks that many keys share. */
  readonly isShared: boolean;
  /** When it was first served there at all; null when it never was. */
  readonly firstServedAt: number | null;
  readonly lastAt: number;
  readonly requests: number;
  /** Of these: answered with 401 or 403. */
  readonly refused: number;
  readonly spendMicros: number;
}

/** Who else was used from some sources. */
export interface OtherKeys {
  /** The first of them: those apart from shared networks first. */
  readonly listed: readonly OtherKey[];
  readonly keys: number;
  /** Of these: not only from networks that many share. */
  readonly apart: number;
  /** Of these: not served from there before the onset. */
  readonly fresh: number;
  /** Networks that many keys share, as CIDR, with how many other keys. */
  readonly shared: readonly { readonly network: string; readonly keys: number }[];
}
