/** How a key stands, the worst first. Only `ok` says that nothing is known against it and that it is judged with all there is. */
export type KeyState = "incident" | "still_leaking" | "under_suspicion" | "learning" | "no_baseline" | "ok";
