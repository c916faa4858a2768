"""CrossEncoder behind rockpool's options: what `score` and `rerank` have to answer."""

import numpy as np
import torch
from sentence_transformers import CrossEncoder


def cut(tokenizer, text, tokens):
    """vLLM's max_tokens_per_query and max_tokens_per_doc: a text cut on its own, at an offset, until it has that many tokens
    without special ones. None: not cut.
    """
    while tokens and text:
        offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
        if len(offsets) <= tokens:
            break
        text = text[: min(offsets[tokens - 1][1], offsets[tokens][0], len(text) - 1)]
    return text


def ranked(scores, options):
    """Best first, the earlier of equals before the later."""
    scores = [float(score) for score in scores]
    order = sorted(range(len(scores)), key=lambda index: -scores[index])
    return {"results": [{"index": index, "relevance_score": scores[index]} for index in order[: options.get("topN")]]}


class Scorer:
    def __init__(self, folder, **arguments):
        self.model = CrossEncoder(str(folder), device="cpu", **arguments)
        self.tokenizer = self.model.tokenizer
        self.limit = self.model.max_seq_length

    def truncation(self, query, limit, per_document):
        """vLLM cuts the longer text first; with max_tokens_per_doc the document alone, unless the query leaves it no room."""
        if per_document:
            taken = len(self.tokenizer.encode(query, add_special_tokens=False)) + self.tokenizer.num_special_tokens_to_add(pair=True)
            if taken < min(taken + per_document, limit):
                return {"truncation": "only_second", "max_length": min(taken + per_document, limit)}
        return {"truncation": True, "max_length": limit}

    def score(self, queries, documents, options):
        """Scores of the pairs, and the ids that the model was given."""
        limit, per_document = options.get("truncatePromptTokens", self.limit), options.get("maxTokensPerDoc")
        limit = self.limit if limit == -1 else limit
        queries = list(queries) * len(documents) if len(queries) == 1 else queries
        queries = [cut(self.tokenizer, query, options.get("maxTokensPerQuery")) for query in queries]
        documents = [cut(self.tokenizer, document, per_document) for document in documents]
        self.tokenizer.truncation_side = options.get("truncationSide", "right")
        raw = options.get("poolingParams", {}).get("activation") is False
        predict = lambda pairs, how: self.model.predict(
            pairs, activation_fn=torch.nn.Identity() if raw else None, processing_kwargs={"text": how}, show_progress_bar=False
        )
        pairs = list(zip(queries, documents, strict=True))
        each = [self.truncation(query, limit, per_document) for query in queries]
        alone = [float(predict([pair], how)[0]) for pair, how in zip(pairs, each)]
        if not per_document:
            assert np.allclose(predict(pairs, each[0]), alone, atol=2e-5)
        ids = [self.tokenizer([query], [document], **how)["input_ids"][0] for (query, document), how in zip(pairs, each)]
        self.tokenizer.truncation_side = "right"
        return {"scores": alone, "ids": ids}

    def rerank(self, query, documents, options):
        return ranked(self.score([query], documents, options)["scores"], options)


def score_cases(fixture, scorer, query, documents, long, prefix="", load=None):
    """The cases that every cross-encoder gets. `long`: a text of more tokens than the model takes."""

    def add(case_id, queries, docs, **options):
        wanted = scorer.score(queries if isinstance(queries, list) else [queries], docs if isinstance(docs, list) else [docs], options)
        fixture.add(prefix + case_id, "score", [queries, docs], wanted, load, options)

    add("one-to-one", query, documents[0])
    add("one-to-many", query, documents)
    add("many-to-many", [query, documents[0], ""], [documents[1], query, documents[4]])
    add("raw", query, documents, poolingParams={"activation": False})
    add("empty-pair", "", "")
    add("truncate-max/document", query, [long, documents[0]], truncatePromptTokens=-1)
    add("truncate-max/query", long, documents[0], truncatePromptTokens=-1)
    add("truncate-max/both", long, long, truncatePromptTokens=-1)
    for tokens in (9, 16, 17, 20, 21):  # odd and even, both texts longer than half, one much longer than the other
        for side in ("right", "left"):
            add(f"truncate-{tokens}-{side}/document", query, documents[2], truncatePromptTokens=tokens, truncationSide=side)
        add(f"truncate-{tokens}/query", documents[2], query, truncatePromptTokens=tokens)
        add(f"truncate-{tokens}/both", documents[2], documents[5], truncatePromptTokens=tokens)
    add("max-tokens-per-doc", query, documents, maxTokensPerDoc=5)
    add("max-tokens-per-query", query, documents, maxTokensPerQuery=3)
    add("max-tokens-per-both", long, [long, documents[1]], maxTokensPerQuery=7, maxTokensPerDoc=12)
    for tokens in (24, 40):
        add(f"max-tokens-per-doc-truncate-{tokens}", query, documents[2:], maxTokensPerDoc=30, truncatePromptTokens=tokens)
    add("max-tokens-per-doc-no-room", documents[2], documents[:2], maxTokensPerDoc=30, truncatePromptTokens=16)
    add("max-tokens-per-query-truncate-17", documents[2], documents[2:], maxTokensPerQuery=9, truncatePromptTokens=17)
    for name, options in (("all", {}), ("top-2", {"topN": 2}), ("raw", {"poolingParams": {"activation": False}})):
        wanted = scorer.rerank(query, documents, options)
        fixture.add(f"{prefix}rerank-{name}", "rerank", [query, documents], wanted, load, options)
