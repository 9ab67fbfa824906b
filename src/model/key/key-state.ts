/** How a key stands, the worst first. Only `ok` says that nothing is known against it and that it is judged with all there is. */
export type KeyState = "incident" | "still_leaking" | "under_suspicion" | "learning" | "no_baseline" | "ok";

/** How a key stands at an instant: its state, and until when (epoch ms) it is under suspicion and teaches nothing; null when it is not. */
export interface KeyStanding {
  readonly state: KeyState;
  readonly suspectUntil: number | null;
}
