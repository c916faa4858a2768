/** The pages of the documentation, in the order of its navigation. A page of docs/ that is not here fails the test of the site. */
const page = (
  source,
  title,
  target = source.replace(/^docs\//, '').replace(/(?:README)?\.md$/, (end) => (end === 'README.md' ? 'index.html' : '.html')),
) => ({
  source,
  title,
  target,
});

/** As in package.json's `exports`, without what is only run. */
export const entries = ['rockpool', 'edge', 'search', 'server', 'remote', 'ai-sdk', 'langchain', 'llamaindex', 'transformers', 'react'];
const apiPage = (entry) => ({ source: null, title: entry === 'rockpool' ? 'rockpool' : `rockpool/${entry}`, target: `api/${entry}.html` });

export const groups = [
  {
    name: 'Start',
    pages: [
      page('docs/quick-start.md', 'Quick start'),
      page('README.md', 'Overview'),
      page('docs/search.md', 'Search'),
      page('docs/api.md', 'HTTP API'),
      page('docs/errors.md', 'Troubleshooting'),
      page('docs/limits.md', 'Limits'),
    ],
  },
  {
    name: 'Tasks',
    pages: [
      page('docs/tasks/embed.md', 'Embed'),
      page('docs/tasks/encode.md', 'Encode'),
      page('docs/tasks/classify.md', 'Classify'),
      page('docs/tasks/token-classify.md', 'Classify tokens'),
      page('docs/tasks/score.md', 'Score'),
      page('docs/tasks/rerank.md', 'Rerank'),
      page('docs/tasks/reward.md', 'Reward'),
      page('docs/tasks/long-text.md', 'Long text'),
    ],
  },
  {
    name: 'Recipes',
    pages: [
      page('docs/recipes/plain.md', 'Plain HTML'),
      page('docs/recipes/react.md', 'React'),
      page('docs/recipes/vue.md', 'Vue'),
      page('docs/recipes/svelte.md', 'Svelte'),
      page('docs/recipes/next.md', 'Next.js'),
      page('docs/recipes/cloudflare.md', 'Cloudflare'),
      page('docs/recipes/deno.md', 'Deno'),
      page('docs/recipes/extension.md', 'Extension'),
      page('docs/recipes/electron.md', 'Electron'),
    ],
  },
  {
    name: 'Models',
    pages: [
      page('docs/models.md', 'Models'),
      page('docs/pooling.md', 'Which pooling'),
      page('docs/heads.md', 'Linear heads'),
      page('docs/quality.md', 'Quality'),
      page('models/all-MiniLM-L6-v2/README.md', 'all-MiniLM-L6-v2'),
      page('models/debian-reranker/README.md', 'debian-reranker'),
      page('models/heads/debian-sections/README.md', 'debian-sections'),
    ],
  },
  { name: 'API', pages: entries.map(apiPage) },
  {
    name: 'Inside',
    pages: [
      page('docs/design.md', 'Design'),
      page('docs/conformance.md', 'Conformance to vLLM'),
      page('docs/roadmap.md', 'Roadmap'),
      page('CHANGELOG.md', 'Changelog'),
      page('bench/README.md', 'Benches'),
      page('demo/edge/README.md', 'Templates'),
      page('demo/edge/cloudflare/README.md', 'Template: Cloudflare'),
      page('demo/edge/deno/README.md', 'Template: Deno'),
      page('demo/edge/service-worker/README.md', 'Template: service worker'),
    ],
  },
];
