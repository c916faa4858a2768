export function presentBrowser(): string | undefined;
export function findBrowser(): string;
export function vulkanOf(browser: string): Record<string, string>;
