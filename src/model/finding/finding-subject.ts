import { OBSERVERS, type ObservedBy } from "../event/request-event.js";
import { GROUP_KINDS, type GroupKind, type KeyGroup } from "../key/key-group.js";

/** What a finding or incident is about, where that is not just one key. */
export type FindingSubject =
  | KeyGroup
  /** A block, as CIDR. */
  | { readonly kind: "network"; readonly network: string }
  /** One fact of several that may be told of a key, such as `overdue`. */
  | { readonly kind: "key"; readonly keyId: string; readonly fact: string }
  /** The permissions of all keys at the end of a quarter, such as `2026Q1`. */
  | { readonly kind: "summary"; readonly quarter: string }
  /** A part of Plimsoll, such as `redis`. */
  | { readonly kind: "part"; readonly part: string }
  | { readonly kind: "source"; readonly source: string }
  /** Events of a source that were received in an hour, `2026-03-08T10`. */
  | { readonly kind: "lost"; readonly source: string; readonly hour: string }
  /** A clock: of the servers, of a process, or that of what was put on file. */
  | { readonly kind: "clock"; readonly of: string }
  | { readonly kind: "source clock"; readonly source: string }
  /** Of a version to come. */
  | { readonly kind: "unknown"; readonly path: string };

/** A subject as the database holds it, a path such as `network/203.0.113.0%2F24`; "" for null. */
export function printSubject(subject: FindingSubject | null): string {
  if (subject === null) return "";
  switch (subject.kind) {
    case "network":
      return pathOf("network", subject.network);
    case "key":
      return `${pathOf("key", subject.keyId)}/${subject.fact}`;
    case "summary":
      return pathOf("summary", subject.quarter);
    case "part":
      return pathOf("part", subject.part);
    case "source":
      return pathOf("source", subject.source);
    case "lost":
      return pathOf("lost", subject.source, subject.hour);
    case "clock":
      return pathOf("clock", subject.of);
    case "source clock":
      return pathOf("clock", "source", subject.source);
    case "unknown":
      return subject.path;
    default:
      return pathOf(subject.kind, subject.name, subject.observedBy);
  }
}

/** The way back. */
export function parseSubject(path: string): FindingSubject | null {
  if (path === "") return null;
  const [kind = "", ...parts] = path.split("/");
  const [first = "", second = ""] = parts.map(decodeURIComponent);
  switch (kind) {
    case "network":
      return { kind, network: first };
    case "key":
      return { kind, keyId: first, fact: parts.slice(1).join("/") };
    case "summary":
      return { kind, quarter: first };
    case "part":
      return { kind, part: first };
    case "source":
      return { kind, source: first };
    case "lost":
      return { kind, source: first, hour: second };
    case "clock":
      return parts.length === 2 ? { kind: "source clock", source: second } : { kind, of: first };
    default:
      return isOneOf(GROUP_KINDS, kind) && isOneOf(OBSERVERS, second)
        ? { kind, name: first, observedBy: second }
        : { kind: "unknown", path };
  }
}

/** What a finding or incident is about as one text: who shares cause and subject shares an incident. */
export function subjectOf(of: { readonly keyId: string | null; readonly subject: FindingSubject | null }): string {
  return of.subject === null ? encodeURIComponent(of.keyId ?? "") : printSubject(of.subject);
}

/** Whom or what something is about, as people read it: of several keys a network or a group, which holds for all of them; else the key. */
export function aboutText(of: { readonly keyId: string | null; readonly subject: FindingSubject | null }): string {
  const { subject } = of;
  const isOfKey = subject === null || (subject.kind === "key" && of.keyId !== null);
  if (subject !== null && "name" in subject)
    return subject.kind === "fleet" ? "all keys together" : `keys of ${subject.kind} ${subject.name}`;
  return isOfKey ? (of.keyId ?? "") : decodeURIComponent(printSubject(subject)).replace("/", " ");
}

/** Whether something is about what keys have in common, a network or a group, and not about the one key that is named beside it. */
export function isOfSeveral({ subject }: { readonly subject: FindingSubject | null }): boolean {
  return subject !== null && (subject.kind === "network" || isOneOf(GROUP_KINDS, subject.kind));
}

const pathOf = (...parts: readonly string[]) => parts.map(encodeURIComponent).join("/");

function isOneOf<Name extends GroupKind | ObservedBy>(names: readonly Name[], text: string): text is Name {
  return (names as readonly string[]).includes(text);
}
