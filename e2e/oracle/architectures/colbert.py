"""Late interaction: one row a token, scores by MaxSim. No [Q] and [D], no [MASK] to a fixed length: a caller's job in vLLM.

tiny-colbert         HF_ColBERT: the graph ends in the projection and L2, named `contextual` as in answerai-colbert-small-v1's
                     vespa_colbert.onnx; no token_type_ids
tiny-colbert-pylate  PyLate's files: the graph gives last_hidden_state, 1_Dense holds the projection
"""

import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Dense, Transformer
from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
from torch import nn
from transformers import BertConfig, BertModel

from .cross_encoder import cut, ranked
from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, batch_of
from .inputs import BATCH, DOCUMENTS, EXAMPLES, QUERY, SHORT, UNICODE, texts
from .modules import sentence_files, transformer
from .repository import Repository, check, export
from .weights import randomize

REFERENCE = "MultiVectorEncoder, sentence-transformers"
TOKEN_DIMENSION = 16
BATCH = [name for name in BATCH if name != "tokens-255"]


class LateInteraction:
    """Rows of every token, special tokens too."""

    def __init__(self, folder, linear):
        transformer = Transformer(str(folder))
        dense = Dense(32, TOKEN_DIMENSION, bias=False, activation_function=nn.Identity(), module_input_name="token_embeddings")
        with torch.no_grad():
            dense.linear.weight.copy_(linear.weight)
        self.model = MultiVectorEncoder(modules=[transformer, dense, MultiVectorMask()], device="cpu")
        self.tokenizer = self.model.tokenizer
        self.limit = transformer.max_seq_length

    def rows(self, prompts, options):
        params = options.get("poolingParams", {})
        limit = options.get("truncatePromptTokens", self.limit)
        self.model.max_seq_length = self.limit if limit == -1 else limit
        ids = self.tokenizer(prompts, truncation=True)["input_ids"]
        rows = self.model.encode(prompts, batch_size=len(prompts), normalize_embeddings=False, show_progress_bar=False)
        self.model.max_seq_length = self.limit
        assert [len(row) for row in rows] == [len(row) for row in ids]
        rows = [row[:, : params.get("dimensions")] for row in rows]
        normalize = params.get("normalize", True)
        return {"rows": [nn.functional.normalize(row, dim=1) if normalize else row for row in rows], "ids": ids}

    def score(self, queries, documents, options):
        queries = [cut(self.tokenizer, query, options.get("maxTokensPerQuery")) for query in queries]
        documents = [cut(self.tokenizer, document, options.get("maxTokensPerDoc")) for document in documents]
        queries = queries * len(documents) if len(queries) == 1 else queries
        rows = [self.rows(side, options)["rows"] for side in (queries, documents)]
        return {"scores": self.model.similarity_pairwise(*rows)}

    def rerank(self, query, documents, options):
        return ranked(self.score([query], documents, options)["scores"], options)


def late_interaction_cases(fixture, reference, raw):
    def embed(case_id, prompts, **options):
        fixture.add(f"rows/{case_id}", "tokenEmbed", [prompts], reference.rows(prompts, options), None, options)

    def score(case_id, queries, documents, **options):
        lists = [side if isinstance(side, list) else [side] for side in (queries, documents)]
        fixture.add(f"score/{case_id}", "score", [queries, documents], reference.score(*lists, options), None, options)

    for name in SHORT:
        embed(f"plain/{name}", texts(name))
    embed("batch", texts(*BATCH))
    embed("unicode", texts(*UNICODE))
    embed("truncate-9", texts("german", "letter"), truncatePromptTokens=9)
    embed("truncate-max", texts("tokens-512", "letter"), truncatePromptTokens=-1)
    if raw:
        embed("raw", texts(*SHORT), poolingParams={"normalize": False})
        embed("dimensions-8", texts(*SHORT), poolingParams={"dimensions": 8})
    score("one-to-one", QUERY, DOCUMENTS[0])
    score("one-to-many", QUERY, DOCUMENTS)
    score("many-to-many", [QUERY, DOCUMENTS[0], ""], [DOCUMENTS[1], QUERY, DOCUMENTS[4]])
    score("truncate-12", QUERY, DOCUMENTS, truncatePromptTokens=12)
    score("max-tokens", QUERY, DOCUMENTS, maxTokensPerQuery=4, maxTokensPerDoc=9)
    for name, options in (("all", {}), ("top-2", {"topN": 2})):
        fixture.add(f"rerank/{name}", "rerank", [QUERY, DOCUMENTS], reference.rerank(QUERY, DOCUMENTS, options), None, options)


def make(name, seed, architecture, files, inputs, output, run, tensors=None):
    repository = Repository(name)
    tokenizer = repository.tokenizer("bert")
    model = randomize(BertModel(BertConfig(**SIZES, vocab_size=len(tokenizer)), add_pooling_layer=False), seed)
    linear = randomize(nn.Linear(32, TOKEN_DIMENSION, bias=False), seed + 1)
    repository.config(model, architectures=[architecture], is_matryoshka=True)
    repository.write(files)
    if files:
        repository.tensors("1_Dense/model.safetensors", {"linear.weight": linear.weight})
    batch = batch_of(tokenizer, EXAMPLES, inputs)
    path = repository.folder / "onnx/model.onnx"
    both = nn.ModuleList([model, linear]).eval()
    export(path, both, {key: value[:3] for key, value in batch.items()}, {output: {0: "batch_size", 1: "sequence_length"}}, run)
    with torch.no_grad():
        check(path, [batch], lambda b: {output: run(both, **b)})
    fixture = Fixture(name, REFERENCE)
    late_interaction_cases(fixture, LateInteraction(repository.reference_folder(model), linear), raw=bool(files))
    fixture.write()


def tiny_colbert():
    def run(both, **inputs):
        return nn.functional.normalize(both[1](both[0](**inputs).last_hidden_state), p=2, dim=2)

    make("tiny-colbert", 81, "HF_ColBERT", {}, ("input_ids", "attention_mask"), "contextual", run)


def tiny_colbert_pylate():
    config = {"in_features": 32, "out_features": TOKEN_DIMENSION, "bias": False, "activation_function": "torch.nn.modules.linear.Identity"}
    files = sentence_files([transformer(512), ("Dense", config)])
    files["modules.json"][1]["type"] = "pylate.models.Dense.Dense"
    run = lambda both, **inputs: both[0](**inputs).last_hidden_state
    make("tiny-colbert-pylate", 83, "BertModel", files, BERT_INPUTS, "last_hidden_state", run)


MODELS = [tiny_colbert, tiny_colbert_pylate]
