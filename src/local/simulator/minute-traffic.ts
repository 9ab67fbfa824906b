import type { Attack } from "./attacks.js";
import type { KeyStory } from "./key-story.js";
import type { NetworkType } from "./networks.js";
import type { RequestSink, Sender } from "./request-sink.js";
import { costOf, type Route } from "./services.js";
import type { Caller } from "./source-pool.js";

/** Requests of one key and minute that agree in all of these; `count` of them cost `costMicros` together. */
export interface TrafficGroup {
  /** Canonical text, as in the events. */
  readonly sourceIp: string;
  readonly asn: number;
  readonly networkType: NetworkType;
  readonly userAgent: string;
  readonly method: string;
  readonly route: string;
  readonly scope: string;
  readonly status: number;
  readonly count: number;
  /** Millionths of a US dollar. */
  readonly costMicros: number;
  /** Whether they are an attacker's. */
  readonly isAttack: boolean;
}

/** All requests of one key in one epoch minute. */
export interface MinuteTraffic {
  readonly minute: number;
  readonly groups: readonly TrafficGroup[];
}

/** What an attacker had of a key. */
export interface Theft {
  readonly requests: number;
  readonly spendMicros: number;
}

class GroupCollector implements RequestSink {
  groups: TrafficGroup[] = [];
  #isAttack = false;

  begin({ theft }: Sender): void {
    this.#isAttack = theft !== null;
  }

  add({ network, ip, userAgent }: Caller, route: Route, status: number, count: number, variant: number): void {
    this.groups.push({
      sourceIp: ip,
      asn: network.asn,
      networkType: network.type,
      userAgent,
      method: route.method,
      route: route.path,
      scope: route.scope,
      status,
      count,
      costMicros: status < 400 ? costOf(route, variant, count) : 0,
      isAttack: this.#isAttack,
    });
  }
}

/** The minutes of a story in which something was requested, over a half-open span of epoch minutes. */
export function* minutesOf(story: KeyStory, from: number, to: number): Generator<MinuteTraffic, void, undefined> {
  const collector = new GroupCollector();
  for (let minute = from; minute < to; minute++) {
    story.count(minute);
    story.write(minute, collector);
    if (collector.groups.length === 0) continue;
    yield { minute, groups: collector.groups };
    collector.groups = [];
  }
}

/** What the attacker of one attack takes in a story that begins at `from`, by telling it to the attack's end. */
export function countTheft(story: KeyStory, attack: Attack, from: number): Theft {
  const theft = { requests: 0, spendMicros: 0 };
  let isHis = false;
  const sink: RequestSink = {
    begin: (sender) => {
      isHis = sender.theft === attack;
    },
    add: (_, route, status, count, variant) => {
      if (!isHis) return;
      theft.requests += count;
      theft.spendMicros += status < 400 ? costOf(route, variant, count) : 0;
    },
  };
  for (let minute = from; minute < attack.to; minute++) {
    story.count(minute);
    story.write(minute, sink);
  }
  return theft;
}
