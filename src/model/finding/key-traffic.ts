/** What came with a key from one address in a span; instants in epoch ms. */
export interface TrafficSource {
  readonly address: string;
  readonly requests: number;
  readonly served: number;
  /** Served in its busiest minute. */
  readonly busiestMinute: number;
  readonly lastAt: number;
}

/** The use of a key in a span (epoch ms, half-open), by its busiest sources; requests and addresses are those of all. */
export interface KeyTraffic {
  readonly from: number;
  readonly to: number;
  readonly addresses: number;
  readonly requests: number;
  readonly sources: readonly TrafficSource[];
}
