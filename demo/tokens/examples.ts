/** Texts that show something about tokens each: one word in two meanings, words that come in pieces, words that the vocabulary lacks. */
export const exampleGroups = [
  {
    title: 'Try',
    examples: [
      { id: 'river', text: 'The bank of the river' },
      { id: 'money', text: 'The bank raised its interest rates' },
      { id: 'pieces', text: 'Unbelievably antidisestablishmentarian' },
      { id: 'code', text: 'for (let i = 0; i < n; i++) sum += a[i];' },
      { id: 'order', text: 'The dog bit the man, not the man the dog' },
    ],
  },
] as const;
