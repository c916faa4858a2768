/** The 1,000 Debian packages that the views work on: fetched once, shared by all of them. */
export interface Package {
  name: string;
  section: string;
  title: string;
  body: string;
}

export async function fetchPackages(): Promise<Package[]> {
  const response = await fetch(new URL('packages.json', document.baseURI));
  if (!response.ok) throw new Error(`packages.json: the server answered ${response.status}`);
  return (await response.json()) as Package[];
}

/** What is embedded: title and body, without the name, so that meaning has to do the work. */
export const textOf = ({ title, body }: Package): string => `${title}. ${body}`;

/** What is searched by words: the name counts as the title does. */
export const asDocument = ({ name, title, body }: Package) => ({ id: name, title: `${name}: ${title}`, text: body });
