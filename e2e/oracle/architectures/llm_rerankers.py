"""Qwen3-Reranker: a language model whose last token says "yes" or "no", under vLLM's template or the caller's own words."""

import torch
from transformers import AutoModelForCausalLM, Qwen3Config, Qwen3ForCausalLM
from transformers.utils.chat_template_utils import render_jinja_template

from .cross_encoder import cut, ranked
from .decoders import QWEN, export_with_past
from .fixture import Fixture
from .heads import SIZES, batch_of
from .inputs import DOCUMENTS, QUERY, texts
from .repository import Repository
from .weights import randomize, spread

DEFAULT = "Given a web search query, retrieve relevant passages that answer the query"
PREFIX = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. "
    'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
)
SUFFIX = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
CONTENT = '{{ messages | selectattr("role", "eq", "%s") | map(attribute="content") | first }}'
FILE = (  # the words of vLLM's file; Jinja drops the newline at its end, so one of the two after </think> is missing
    f'{PREFIX}<Instruct>: {{{{ instruction | default("{DEFAULT}", true) }}}}\n'
    f"<Query>: {CONTENT % 'query'}\n<Document>: {CONTENT % 'document'}{SUFFIX}"
)
TEMPLATE = FILE + "\n"  # as the model's card has it
GEMMA = (  # bge-reranker-v2-gemma's, for the head of one token
    f"A: {CONTENT % 'query'}\nB: {CONTENT % 'document'}\nGiven a query A and a passage B, determine whether the passage contains an "
    "answer to the query by providing a prediction of either 'Yes' or 'No'."
)
TWO_WAY = {"hfOverrides": {"architectures": ["Qwen3ForSequenceClassification"], "classifier_from_token": ["no", "yes"]}}
ORIGINAL = {"hfOverrides": {**TWO_WAY["hfOverrides"], "is_original_qwen3_reranker": True}}
FROM_TWO = {"hfOverrides": {**TWO_WAY["hfOverrides"], "method": "from_2_way_softmax"}}
ONE_TOKEN = {
    "hfOverrides": {
        "architectures": ["Qwen3ForSequenceClassification"],
        "classifier_from_token": ["Yes"],
        "method": "no_post_processing",
    }
}


def render(template, query, document, **variables):
    messages = [{"role": "query", "content": query}, {"role": "document", "content": document}]
    return render_jinja_template([messages], chat_template=template, **variables)[0][0]


class LlmScorer:
    def __init__(self, folder, tokenizer):
        self.model = AutoModelForCausalLM.from_pretrained(folder).eval()
        self.tokenizer = tokenizer

    def prompt(self, query, document, options):
        query = cut(self.tokenizer, query, options.get("maxTokensPerQuery"))
        document = cut(self.tokenizer, document, options.get("maxTokensPerDoc"))
        if "chatTemplate" not in options:
            return query + document
        return render(options["chatTemplate"], query, document, **{key: options[key] for key in ("instruction",) if key in options})

    def score(self, queries, documents, options, tokens):
        """The official code: softmax over the logits of "no" and "yes" at the last place. One token: the sigmoid of its logit."""
        queries = list(queries) * len(documents) if len(queries) == 1 else queries
        prompts = [self.prompt(query, document, options) for query, document in zip(queries, documents, strict=True)]
        ids = self.tokenizer(prompts)["input_ids"]
        if limit := options.get("truncatePromptTokens"):
            bare = [self.tokenizer(self.prompt(query, "", options))["input_ids"] for query in queries]
            ids = [restore_suffix(each, without, limit) for each, without in zip(ids, bare, strict=True)]
        batch = self.tokenizer.pad({"input_ids": ids}, return_tensors="pt")
        with torch.no_grad():
            logits = self.model(**batch).logits[:, -1]
        chosen = logits[:, [self.tokenizer.convert_tokens_to_ids(token) for token in tokens]]
        if options.get("poolingParams", {}).get("activation") is False:
            scores = chosen[:, 1] - chosen[:, 0] if len(tokens) == 2 else chosen[:, 0]
        else:
            scores = chosen.softmax(1)[:, 1] if len(tokens) == 2 else chosen[:, 0].sigmoid()
        return {"scores": scores, "prompts": prompts, "ids": ids}

    def rerank(self, query, documents, options, tokens):
        return ranked(self.score([query], documents, options, tokens)["scores"], options)


def restore_suffix(ids, without_document, limit):
    """Sentence-Transformers' option of that name: a prompt that is cut keeps what its template has behind the document."""
    if len(ids) <= limit:
        return ids
    suffix = next(n for n in range(1, len(ids)) if ids[-n] != without_document[-n]) - 1
    return ids[: limit - suffix] + ids[len(ids) - suffix :]


def spread_words(model, tokenizer, words, prompts):
    """The rows of `words` in the head, so that their logits spread over `prompts`. It has no bias to take the mean off with."""
    batch = batch_of(tokenizer, prompts, ("input_ids", "attention_mask"))
    ids = tokenizer.convert_tokens_to_ids(words)
    rows = torch.nn.Linear(model.config.hidden_size, len(ids), bias=False)
    with torch.no_grad():
        hidden = model(**batch, output_hidden_states=True).hidden_states[-1][:, -1]
        rows.weight.copy_(model.lm_head.weight[ids])
        mean = rows(hidden).mean(0).expand(len(prompts), -1)
        rows.weight.sub_((torch.linalg.pinv(hidden) @ mean).T)
        spread(rows, rows(hidden), 1.5)
        model.lm_head.weight[ids] = rows.weight


def tiny_qwen3_reranker():
    repository = Repository("tiny-qwen3-reranker")
    tokenizer = repository.tokenizer("qwen")
    ids = dict(bos_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id)
    config = Qwen3Config(**SIZES, **{**QWEN, "tie_word_embeddings": False}, **ids, vocab_size=len(tokenizer))
    model = randomize(Qwen3ForCausalLM(config), 95)
    fill = lambda template: [render(template, QUERY, document) for document in (*DOCUMENTS, *texts("german", "code", "hindi", "numbers"))]
    spread_words(model, tokenizer, ["yes", "no"], fill(TEMPLATE))
    spread_words(model, tokenizer, ["Yes", "No"], fill(GEMMA))
    repository.config(model)
    export_with_past(repository, model, tokenizer, "logits")
    scorer = LlmScorer(repository.reference_folder(model), tokenizer)
    fixture = Fixture(repository.name, "transformers: Qwen3ForCausalLM's logits at the last token, as in the model's card")

    def add(case_id, queries, documents, load, tokens, **options):
        lists = [side if isinstance(side, list) else [side] for side in (queries, documents)]
        fixture.add(case_id, "score", [queries, documents], scorer.score(*lists, options, tokens), load, options)

    pair = ("no", "yes")
    template = {"chatTemplate": TEMPLATE}
    for name, load in (("original", ORIGINAL), ("two-way", FROM_TWO)):
        add(f"{name}/template", QUERY, DOCUMENTS, load, pair, **template)
        add(f"{name}/raw", QUERY, DOCUMENTS, load, pair, **template, poolingParams={"activation": False})
    add("one-to-one", QUERY, DOCUMENTS[0], ORIGINAL, pair, **template)
    add("many-to-many", [QUERY, DOCUMENTS[0], ""], [DOCUMENTS[1], QUERY, DOCUMENTS[4]], ORIGINAL, pair, **template)
    add("instruction", QUERY, DOCUMENTS, ORIGINAL, pair, **template, instruction="Find the sentence that names a city")
    add("max-tokens", QUERY, DOCUMENTS, ORIGINAL, pair, **template, maxTokensPerQuery=4, maxTokensPerDoc=9)
    add("truncate-170", QUERY, DOCUMENTS, ORIGINAL, pair, **template, truncatePromptTokens=170)
    words = f"{PREFIX}<Instruct>: {DEFAULT}\n<Query>: {QUERY}\n"
    add("own-words", words, [f"<Document>: {document}{SUFFIX}" for document in DOCUMENTS], ORIGINAL, pair)
    assert fixture.cases[-1]["expected"] == fixture.cases[0]["expected"]
    add("file-of-vllm", QUERY, DOCUMENTS, ORIGINAL, pair, chatTemplate=FILE)
    add("no-template", QUERY, DOCUMENTS, ORIGINAL, pair)
    add("one-token/template", QUERY, DOCUMENTS, ONE_TOKEN, ["Yes"], chatTemplate=GEMMA)
    add("one-token/raw", QUERY, DOCUMENTS, ONE_TOKEN, ["Yes"], chatTemplate=GEMMA, poolingParams={"activation": False})
    for name, options in (("all", {}), ("top-2", {"topN": 2})):
        wanted = scorer.rerank(QUERY, DOCUMENTS, {**template, **options}, pair)
        fixture.add(f"rerank-{name}", "rerank", [QUERY, DOCUMENTS], wanted, ORIGINAL, {**template, **options})
    fixture.write()


MODELS = [tiny_qwen3_reranker]
