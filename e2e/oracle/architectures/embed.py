"""SentenceTransformer behind rockpool's options: what `embed`, `encode` and `tokenEmbed` have to answer."""

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from .cross_encoder import ranked
from .inputs import BATCH, DOCUMENTS, QUERY, SHORT, UNICODE, texts


class Embedder:
    def __init__(self, folder):
        self.stock = SentenceTransformer(str(folder), device="cpu")
        modules = [module for module in self.stock if type(module).__name__ != "Normalize"]
        self.normalizes = len(modules) < len(self.stock)
        prompts = dict(prompts=self.stock.prompts, default_prompt_name=self.stock.default_prompt_name)
        self.pooled = SentenceTransformer(modules=modules, device="cpu", **prompts)
        self.tokenizer = self.stock.tokenizer
        self.limit = self.stock.max_seq_length

    def prepare(self, options):
        """Sets the truncation; gives the prompt in the words of `encode`."""
        limit = options.get("truncatePromptTokens", self.limit)
        self.stock[0].max_seq_length = self.limit if limit == -1 else limit
        self.tokenizer.truncation_side = options.get("truncationSide", "right")
        names = {"promptName": "prompt_name", "prompt": "prompt"}
        return {names[key]: value for key, value in options.items() if key in names}

    def ids(self, prompts, prompt=None, prompt_name=None):
        prompt_name = self.stock.default_prompt_name if prompt is None and prompt_name is None else prompt_name
        prefix = self.stock.prompts[prompt_name] if prompt is None and prompt_name else prompt or ""
        rows = [self.tokenizer(prefix + text, truncation=True)["input_ids"] for text in prompts]
        if "truncatePromptTokens" not in self.options and self.stock[0].max_seq_length == self.limit:
            whole = [self.tokenizer(prefix + text, truncation=False, verbose=False)["input_ids"] for text in prompts]
            assert whole == rows, "a text longer than the model in a case without truncation"
        return rows

    def embed(self, prompts, options):
        self.options = options
        prompt = self.prepare(options)
        params = options.get("poolingParams", {})
        dimensions, normalize = params.get("dimensions"), params.get("normalize", self.normalizes)
        run = lambda model, size, **more: model.encode(prompts, batch_size=size, show_progress_bar=False, **prompt, **more)
        rows = run(self.pooled, len(prompts), truncate_dim=dimensions, normalize_embeddings=normalize)
        if normalize == self.normalizes and dimensions is None:
            alone = run(self.stock, 1)
            assert np.allclose(rows, alone, atol=2e-5, rtol=1e-4), np.abs(rows - alone).max()
        return {"embeddings": rows, "ids": self.ids(prompts, **prompt)}

    def token_rows(self, prompts, options, normalize):
        self.options = options
        prompt = self.prepare(options)
        run = lambda text: self.stock.encode([text], output_value="token_embeddings", show_progress_bar=False, **prompt)[0]
        rows = [run(text) for text in prompts]  # one by one: padding on the left would stay
        ids = self.ids(prompts, **prompt)
        assert [len(row) for row in rows] == [len(row) for row in ids]
        return {"rows": [torch.nn.functional.normalize(row, dim=1) if normalize else row for row in rows], "ids": ids}


def cosine_cases(fixture, embedder):
    """`score` and `rerank` of an embedding model."""

    def scores(queries, documents):
        rows = [torch.tensor(embedder.embed(side, {})["embeddings"]) for side in (queries, documents)]
        return embedder.stock.similarity_pairwise(rows[0].expand(len(documents), -1), rows[1])

    for name, query, documents in (
        ("one-to-one", QUERY, DOCUMENTS[0]),
        ("one-to-many", QUERY, DOCUMENTS),
        ("many-to-many", [QUERY, DOCUMENTS[0], "letter"], [DOCUMENTS[1], QUERY, DOCUMENTS[4]]),
    ):
        lists = [side if isinstance(side, list) else [side] for side in (query, documents)]
        fixture.add(f"cosine/{name}", "score", [query, documents], {"scores": scores(*lists)})
    top = {"topN": 4}
    fixture.add("cosine/rerank-top-4", "rerank", [QUERY, DOCUMENTS], ranked(scores([QUERY], DOCUMENTS), top), None, top)


def embed_cases(fixture, embedder, long, dimensions=(16, 8), prompts=(), prefix="", load=None, empty=True, raw=True):
    """The cases that every embedding model gets. `long`: a text of more tokens than the model takes; `prompts`: names;
    `raw`: whether vectors can be had without L2, which a graph that ends in it cannot give.
    """

    def add(case_id, inputs, **options):
        fixture.add(prefix + case_id, "embed", [inputs], embedder.embed(inputs, options), load, options)

    allowed = lambda names: [name for name in names if empty or name != "empty"]
    for name in SHORT:
        add(f"plain/{name}", texts(name))
    add("batch", texts(*allowed(BATCH)))
    add("unicode", texts(*UNICODE))
    if raw:
        add("raw", texts(*SHORT), poolingParams={"normalize": False})
    add("normalized", texts(*SHORT), poolingParams={"normalize": True})
    for size in dimensions:
        add(f"dimensions-{size}", texts(*SHORT), poolingParams={"dimensions": size})
        if raw:
            add(f"raw-dimensions-{size}", texts(*SHORT), poolingParams={"dimensions": size, "normalize": False})
    for side in ("right", "left"):
        add(f"truncate-max-{side}", [long, *texts("letter")], truncatePromptTokens=-1, truncationSide=side)
        add(f"truncate-12-{side}", texts("german", "package-04", "letter"), truncatePromptTokens=12, truncationSide=side)
    for name in prompts:
        add(f"prompt-name/{name}", texts(*SHORT), promptName=name)
        add(f"prompt-name-truncate/{name}", texts("german", "package-04"), promptName=name, truncatePromptTokens=24)
    if prompts:
        add("prompt/text", texts(*SHORT), prompt="a prompt of the caller: ")


def token_cases(fixture, embedder):
    """`encode` (the rows as they are) and `tokenEmbed` (their L2) of an embedding model, and its `score`."""
    cosine_cases(fixture, embedder)
    for method, normalize in (("encode", False), ("tokenEmbed", True)):
        for name, inputs in (("short", texts("sentence")), ("batch", texts("letter", "chinese", "package-01"))):
            fixture.add(f"{method}/{name}", method, [inputs], embedder.token_rows(inputs, {}, normalize))
        options = {"truncatePromptTokens": 9}
        fixture.add(
            f"{method}/truncate-9", method, [texts("german")], embedder.token_rows(texts("german"), options, normalize), None, options
        )
