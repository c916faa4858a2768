"""Sentence-Transformers on torch, CPU, fp32, behind one call: `embed(text, options) -> (prompt token ids, vector)`.

The options are vLLM's names. What Sentence-Transformers can do by itself it does by itself (`encode`); only chunked processing,
which it lacks, is put together here, out of single forward passes.
"""

from contextlib import contextmanager

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling

POOLING = {"MEAN": "mean", "CLS": "cls", "LAST": "lasttoken"}


def l2(vector):
    return vector / np.maximum(np.linalg.norm(vector), np.float32(1e-12))


class Reference:
    def __init__(self, folder):
        self.stock = SentenceTransformer(str(folder), device="cpu")
        self.transformer = self.stock[0]
        self.tokenizer = self.stock.tokenizer
        self.max_length = self.stock.max_seq_length
        self.hidden_size = self.transformer.get_embedding_dimension()
        self.pipelines = {
            name: SentenceTransformer(modules=[self.transformer, Pooling(self.hidden_size, mode)], device="cpu")
            for name, mode in POOLING.items()
        }

    def ids(self, text):
        """The whole text's ids, special tokens included, nothing cut."""
        return self.tokenizer(text, truncation=False, verbose=False)["input_ids"]

    @contextmanager
    def truncation(self, limit, side):
        before = self.tokenizer.truncation_side
        self.transformer.max_seq_length, self.tokenizer.truncation_side = limit, side
        try:
            yield
        finally:
            self.transformer.max_seq_length, self.tokenizer.truncation_side = self.max_length, before

    def embed(self, text, options):
        if options.get("enable_chunked_processing"):
            return self.chunked(text, options)
        limit = options.get("truncate_prompt_tokens")
        if limit is None and len(self.ids(text)) > self.max_length:
            raise ValueError("longer than the model, and neither truncated nor chunked")
        limit = self.max_length if limit in (None, -1) else limit
        side = options.get("truncation_side", "right")
        with self.truncation(limit, side):
            ids = self.tokenizer(text, truncation=True, max_length=limit)["input_ids"]
            vector = self.encode(text, options)
        if options.get("pooling_type") != "ALL":
            check_close(vector, self.forward(ids, options), "encode of the text against a forward pass of its ids")
        return ids, vector

    def encode(self, text, options):
        method = options.get("pooling_type", "MEAN")
        if method == "ALL":
            return self.stock.encode(text, output_value="token_embeddings").numpy()
        normalize, dimensions = options.get("normalize", True), options.get("dimensions")
        vector = self.pipelines[method].encode(text, truncate_dim=dimensions, normalize_embeddings=normalize)
        if normalize and method == "MEAN":  # the model's own modules end in Normalize: cutting after it and normalising again is the same
            stock = self.stock.encode(text, truncate_dim=dimensions, normalize_embeddings=dimensions is not None)
            check_close(vector, stock, "the stock model against pool, cut, normalise")
        return vector

    def forward(self, ids, options):
        """Pool, cut, normalise one id list on positions 0.., through the modules and without the tokenizer."""
        features = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.int64)}
        with torch.no_grad():
            pooled = self.pipelines[options.get("pooling_type", "MEAN")](features)["sentence_embedding"][0].numpy()
        cut = pooled[: options.get("dimensions")]
        return l2(cut) if options.get("normalize", True) else cut

    def chunked(self, text, options):
        """The finished id list cut every max_length ids; each piece embedded with all options; their token-weighted mean in fp32."""
        ids = self.ids(text)
        pieces = [ids[start : start + self.max_length] for start in range(0, len(ids), self.max_length)]
        total = sum(self.forward(piece, options) * np.float32(len(piece)) for piece in pieces)
        mean = (total / np.float32(len(ids))).astype(np.float32)
        return ids, l2(mean) if options.get("normalize", True) else mean


def cosine(a, b):
    a, b = (np.asarray(x, np.float64).ravel() for x in (a, b))
    return float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-12))


def check_close(a, b, what):
    if a.shape != b.shape or not np.allclose(a, b, rtol=1e-4, atol=2e-5):
        raise AssertionError(f"{what}: shapes {a.shape} {b.shape}, cosine {cosine(a, b)}")
