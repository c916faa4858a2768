/** Books that lie beside the page, fetched when somebody asks for one, and what one may look for in them. */
export interface Sample {
  id: string;
  file: string;
  title: string;
  author: string;
  bytes: number;
}

/** Its author died in 1898: nobody owns it. */
export const samples: readonly Sample[] = [
  { id: 'alice', file: 'alice.txt', title: 'Alice’s Adventures in Wonderland', author: 'Lewis Carroll, 1865', bytes: 143_090 },
];

export const sampleUrl = ({ file }: Sample): URL => new URL(file, document.baseURI);

/** No word of them need be in the book. */
export const exampleGroups = [
  {
    title: 'In Alice',
    examples: [
      { id: 'tea', text: 'drinking tea with odd people' },
      { id: 'court', text: 'a trial before a judge and jury' },
      { id: 'growing', text: 'suddenly far too tall for the house' },
      { id: 'game', text: 'a ball game played with birds' },
      { id: 'grin', text: 'a smile without a face' },
    ],
  },
] as const;
