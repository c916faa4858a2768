/** The `openai` client as a server sends it compressed, rounded to thousands. A test measures it. */
export const clientBytes = 35_000;
