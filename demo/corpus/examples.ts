/** Queries to press, chosen from the 1,000 packages: what fits best shares few words or none with the query. */
export const exampleGroups = [
  {
    title: 'Try',
    examples: [
      { id: 'film', text: 'make a film from my holiday snapshots' },
      { id: 'email', text: 'get rid of unwanted email' },
      { id: 'energy', text: 'how much energy is left in my laptop' },
      { id: 'ebook', text: 'turn a document into an ebook' },
      { id: 'shrink', text: 'shrink pictures without losing quality' },
      { id: 'erase', text: 'erase a file so nobody can recover it' },
    ],
  },
  // The model takes the word "secret" for the matter and puts a password manager first. People should see that too.
  { title: 'It gets this wrong', examples: [{ id: 'secret', text: 'permanently delete secret documents' }] },
] as const;
