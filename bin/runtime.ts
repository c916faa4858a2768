/** The runtime that this is, with its version. */

export function runtimeName(): string {
  const { bun, deno, node } = process.versions as { bun?: string; deno?: string; node: string };
  return bun ? `Bun ${bun}` : deno ? `Deno ${deno}` : `Node ${node}`;
}
