/** Gives functions, each of which takes a client (or those of all shards) first, without it. */
export function bindTo<Client>(client: Client) {
  return <Rest extends readonly unknown[], Result>(run: (client: Client, ...rest: Rest) => Result) =>
    (...rest: Rest): Result =>
      run(client, ...rest);
}
