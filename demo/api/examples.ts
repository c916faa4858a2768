/** Programs to run, change and take along. What they are given is said in `run-code.ts`. */
export interface CodeExample {
  id: string;
  label: string;
  /** One sentence: what it does, and what else speaks the same. */
  what: string;
  code: string;
}

const client = `const openai = new OpenAI({
  baseURL: 'http://local/v1', // there is no such host
  apiKey: '-',
  fetch: llm.fetch, // this tab answers
  dangerouslyAllowBrowser: true,
});
`;

const post = (fetcher: string, path: string, body: string) => `const url = 'http://local${path}';
const response = await ${fetcher}.fetch(url, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(${body}),
});
show(await response.json());
`;

export const codeExamples: readonly CodeExample[] = [
  {
    id: 'embeddings',
    label: 'Embeddings',
    what: 'OpenAI’s own client, as it is on npm. It believes that it talks to a server.',
    code: `${client}
const answer = await openai.embeddings.create({
  model: llm.info.model,
  input: [
    'A cat sat on the mat.',
    'A kitten rests on a rug.',
    'Interest rates went up.',
  ],
});

// The vectors have length 1: their dot product
// is the cosine, and 1 means the same.
const vectors = answer.data.map((d) => d.embedding);
const [cat, kitten, rates] = vectors;
const dot = (a, b) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);
show({
  'cat and kitten': dot(cat, kitten),
  'cat and rates': dot(cat, rates),
});
show(answer);
`,
  },
  {
    id: 'rerank',
    label: 'Rerank',
    what: 'Cohere’s and Jina’s rerank route, by the second model. It is asked for as any server would be.',
    code: post(
      'reranker',
      '/v1/rerank',
      `{
    query: 'library to parse XML in Haskell',
    documents: [
      'Haskell documentation generator',
      'XML parser for C',
      'XML parser for Haskell programs',
    ],
    top_n: 2,
  }`,
    ),
  },
  {
    id: 'classify',
    label: 'Classify',
    what: 'vLLM’s classify route, by a small head over the vectors: which section of Debian’s archive is it?',
    code: post(
      'llm',
      '/classify',
      `{
    input: 'library of Haskell parsers',
    head: 'debian-sections',
  }`,
    ),
  },
  {
    id: 'tokenize',
    label: 'Tokenize',
    what: 'vLLM’s tokenize route: what the model reads in place of words.',
    code: post(
      'llm',
      '/tokenize',
      `{
    prompt: 'Rockpools are unfathomable',
    return_token_strs: true,
  }`,
    ),
  },
  {
    id: 'models',
    label: 'Models',
    what: 'What a client asks first: which models are there?',
    code: `${client}
const models = await openai.models.list();
show(models.data);
`,
  },
  {
    id: 'mistake',
    label: 'A mistake',
    what: 'Errors have the shape that clients know: this one becomes OpenAI’s NotFoundError.',
    code: `${client}
try {
  await openai.embeddings.create({
    model: 'a-model-from-elsewhere',
    input: 'Hello',
  });
} catch (error) {
  show({
    'OpenAI.NotFoundError':
      error instanceof OpenAI.NotFoundError,
    status: error.status,
    message: error.message,
  });
}
`,
  },
];
