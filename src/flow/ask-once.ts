import { AsyncLocalStorage } from "node:async_hooks";

type Answers = Map<string, Promise<unknown>>;

const answers = new AsyncLocalStorage<WeakMap<object, Answers>>();

/** Does work in which every question that is asked with askOnce has one answer, whoever of its parts asks, and however often. */
export function answeringOnce<T>(work: () => T): T {
  return answers.run(new WeakMap(), work);
}

/** What was answered to the same question of the same one within answeringOnce; elsewhere it is asked each time. A failed answer is asked for again. */
export async function askOnce<T>(of: object, question: string, ask: () => Promise<T>): Promise<T> {
  const all = answers.getStore();
  if (all === undefined) return ask();
  const own: Answers = all.get(of) ?? new Map<string, Promise<unknown>>();
  all.set(of, own);
  const known = own.get(question);
  if (known !== undefined) return known as Promise<T>;
  const asking = ask();
  own.set(question, asking);
  asking.catch(() => own.delete(question));
  return asking;
}
