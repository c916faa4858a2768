export function noticesOf(modules: Iterable<string>): Promise<string>;
