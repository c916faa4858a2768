/** Descriptions of software nobody has packaged, and texts that are no software at all: the head must put those somewhere too. */
export const exampleGroups = [
  {
    title: 'Try',
    examples: [
      { id: 'chess', text: 'play chess against the computer, with an opening book' },
      { id: 'fits', text: 'read images of telescopes and measure the brightness of stars' },
      { id: 'router', text: 'watch the traffic of a router and warn when it is slow' },
      { id: 'parser', text: 'a Python library that parses dates written by people' },
      { id: 'guitar', text: 'tune a guitar with the microphone' },
    ],
  },
  {
    title: 'No software at all',
    examples: [
      { id: 'soup', text: 'a soup of lentils, carrots and a little cumin' },
      { id: 'nothing', text: 'hello' },
    ],
  },
] as const;
