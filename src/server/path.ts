/** A request -> the path that routes, keys, metrics and answers know it by: slashes behind it mean nothing. */
export function pathOf({ url }: Request): string {
  const { pathname } = new URL(url);
  let end = pathname.length;
  while (end > 1 && pathname[end - 1] === '/') end--;
  return pathname.slice(0, end);
}
