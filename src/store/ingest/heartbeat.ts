/** A source that was heard in the minute that begins at `minute`, epoch milliseconds, without an event. */
export interface Heartbeat {
  readonly source: string;
  readonly minute: number;
}
