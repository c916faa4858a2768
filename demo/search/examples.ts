/** Queries to press, chosen from the 1,000 packages: what fits best shares few words or none with the query. Ids go into the URL. */
export interface Example {
  id: string;
  text: string;
}

export const examples: readonly Example[] = [
  { id: 'film', text: 'make a film from my holiday snapshots' },
  { id: 'email', text: 'get rid of unwanted email' },
  { id: 'energy', text: 'how much energy is left in my laptop' },
  { id: 'ebook', text: 'turn a document into an ebook' },
  { id: 'shrink', text: 'shrink pictures without losing quality' },
  { id: 'erase', text: 'erase a file so nobody can recover it' },
];

/** The model takes the word "secret" for the matter and puts a password manager first. People should see that too. */
export const wrongExample: Example = { id: 'secret', text: 'permanently delete secret documents' };

export const findExample = (id: string | null): Example | undefined => [...examples, wrongExample].find((example) => example.id === id);
