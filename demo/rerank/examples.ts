/** Queries in the words of a title, as the reranker was trained on; chosen from the 1,000 packages for what it moves, and one that it makes worse. */
export const exampleGroups = [
  {
    title: 'Try',
    examples: [
      { id: 'log', text: 'follow a growing log file' },
      { id: 'strategy', text: 'turn-based strategy game' },
      { id: 'music', text: 'command line music player' },
      { id: 'sheet', text: 'spreadsheet program' },
      { id: 'stars', text: 'astronomy image processing' },
    ],
  },
  { title: 'It makes this worse', examples: [{ id: 'delete', text: 'secure file deletion' }] },
] as const;
