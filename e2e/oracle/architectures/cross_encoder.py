"""CrossEncoder behind rockpool's options: what `score` and `rerank` have to answer."""

import torch
from sentence_transformers import CrossEncoder


def cut(tokenizer, text, tokens):
    """max_tokens_per_query and max_tokens_per_doc: a text cut on its own, by offsets, special tokens not counted."""
    if tokens is None:
        return text
    offsets = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)["offset_mapping"]
    return text if len(offsets) <= tokens else text[: offsets[tokens - 1][1] if tokens else 0]


class Scorer:
    def __init__(self, folder, **arguments):
        self.model = CrossEncoder(str(folder), device="cpu", **arguments)
        self.tokenizer = self.model.tokenizer
        self.limit = self.model.max_seq_length

    def pairs(self, queries, documents, options):
        queries = list(queries) * len(documents) if len(queries) == 1 else list(queries)
        shorten = lambda text, key: cut(self.tokenizer, text, options.get(key))
        return [
            (shorten(query, "maxTokensPerQuery"), shorten(document, "maxTokensPerDoc"))
            for query, document in zip(queries, documents, strict=True)
        ]

    def score(self, queries, documents, options):
        """Scores of the pairs, and the ids that the model was given."""
        limit = options.get("truncatePromptTokens", self.limit)
        pairs = self.pairs(queries, documents, options)
        self.model.max_seq_length = self.limit if limit == -1 else limit
        self.tokenizer.truncation_side = options.get("truncationSide", "right")
        raw = options.get("poolingParams", {}).get("activation") is False
        scores = self.model.predict(pairs, activation_fn=torch.nn.Identity() if raw else None, show_progress_bar=False)
        batch = self.tokenizer([q for q, _ in pairs], [d for _, d in pairs], truncation=True, max_length=self.model.max_seq_length)
        self.model.max_seq_length, self.tokenizer.truncation_side = self.limit, "right"
        return {"scores": scores, "ids": batch["input_ids"]}

    def rerank(self, query, documents, options):
        scores = self.score([query], documents, options)["scores"].tolist()
        order = sorted(range(len(scores)), key=lambda index: -scores[index])
        return {"results": [{"index": index, "relevance_score": scores[index]} for index in order[: options.get("topN")]]}


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
    add("max-tokens-and-truncate", query, documents[2:], maxTokensPerDoc=30, truncatePromptTokens=24)
    for name, options in (("all", {}), ("top-2", {"topN": 2}), ("raw", {"poolingParams": {"activation": False}})):
        wanted = scorer.rerank(query, documents, options)
        fixture.add(f"{prefix}rerank-{name}", "rerank", [query, documents], wanted, load, options)
