/**
 * Nothing -> the name of a Web Lock that this worker holds until it is gone, by which others see that it is. Null where there are no locks
 * (plain http).
 */
export function holdLock(): Promise<string | null> {
  if (!navigator.locks) return Promise.resolve(null);
  const name = `rockpool-${crypto.randomUUID()}`;
  return new Promise((resolve) => {
    const held = navigator.locks.request(name, () => {
      resolve(name);
      return new Promise(() => {});
    });
    // There, but forbidden: a sandboxed frame.
    held.catch(() => resolve(null));
  });
}
