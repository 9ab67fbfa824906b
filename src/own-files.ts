/** Where package.json is. Bundled, this file is in dist/bundle, which is as deep as dist/src. */
const root = new URL("../../", import.meta.url);

/** The address of a file that comes with the program, by its path from package.json on: what is bundled is not beside it. */
export function ownFile(path: string): URL {
  return new URL(path, root);
}
