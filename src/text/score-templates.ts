/**
 * The prompts that rerankers were trained with, as their model cards give them. Data only.
 *
 * A prompt that ends with a line end has one more here: Jinja drops the last.
 */
interface ScoreTemplate {
  name: RegExp;
  architecture: RegExp;
  template: string;
  instruction?: string;
}

export const scoreTemplates: readonly ScoreTemplate[] = [
  {
    name: /qwen3-reranker/i,
    architecture: /^Qwen3For/,
    instruction: 'Given a web search query, retrieve relevant passages that answer the query',
    template: `<|im_start|>system
Judge whether the Document meets the requirements based on the Query and the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>
<|im_start|>user
<Instruct>: {{ instruction }}
<Query>: {{ query }}
<Document>: {{ document }}<|im_end|>
<|im_start|>assistant
<think>

</think>


`,
  },
  {
    name: /bge-reranker-v2-gemma/i,
    architecture: /^GemmaFor/,
    template: `A: {{ query }}
B: {{ document }}
Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of either 'Yes' or 'No'.`,
  },
  {
    name: /mxbai-rerank-(base|large)-v2/i,
    architecture: /^Qwen2For/,
    template: `<|im_start|>system
You are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>
<|im_start|>user
query: {{ query }}
document: {{ document }}
You are a search relevance expert who evaluates how well documents match search queries. For each query-document pair, carefully analyze the semantic relationship between them, then provide your binary relevance judgment (0 for not relevant, 1 for relevant).
Relevance:<|im_end|>
<|im_start|>assistant

`,
  },
  {
    name: /nemotron.*rerank/i,
    architecture: /^Llama/,
    template: `question:{{ query }} \n \n passage:{{ document }}`,
  },
  {
    name: /zerank-2/i,
    architecture: /^Qwen3For/,
    template: `<|im_start|>system
{% if instruction %}<query>{{ query }}</query>
<instruction>{{ instruction }}</instruction>{% else %}{{ query }}{% endif %}<|im_end|>
<|im_start|>user
{{ document }}<|im_end|>
<|im_start|>assistant

`,
  },
];
