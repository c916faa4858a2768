"""jina-embeddings-v3: an XLM-RoBERTa with five low-rank adapters, one of which the scalar input `task_id` selects.

The reference has each adapter multiplied into the weights of a plain XLM-RoBERTa, under Sentence-Transformers. As in the real
file the rows are called text_embeds [batch, sequence, hidden], and a second output with a number for a name is of no use.
Without a task vLLM takes text-matching: those cases are `no-task/…`.
"""

import copy

import onnx
import torch
from torch import nn
from transformers import XLMRobertaConfig, XLMRobertaModel

from .embed import Embedder, embed_cases, token_cases
from .fixture import Fixture
from .heads import SIZES, batch_of
from .inputs import BATCH, EXAMPLES, SHORT, texts
from .modules import normalize, pooling, sentence_files, transformer
from .repository import Repository, check, export
from .weights import randomize

RANK = 4
LIMIT = 480
TASKS = {
    "retrieval.query": "Represent the query for retrieving evidence documents: ",
    "retrieval.passage": "Represent the document for retrieval: ",
    "separation": "",
    "classification": "",
    "text-matching": "",
}


class Adapted(nn.Module):
    """A Linear plus the product of two thin matrices, chosen by `task`, a scalar tensor set before each run."""

    def __init__(self, linear, draw):
        super().__init__()
        self.linear, self.task = linear, None
        random = lambda rows, columns: torch.randn(len(TASKS), rows, columns, generator=draw) / columns**0.5
        self.down, self.up = nn.Parameter(random(RANK, linear.in_features)), nn.Parameter(random(linear.out_features, RANK))

    def forward(self, x):
        return self.linear(x) + x @ self.down[self.task].T @ self.up[self.task].T

    def merged(self, task):
        linear = copy.deepcopy(self.linear)
        with torch.no_grad():
            linear.weight.add_(self.up[task] @ self.down[task])
        return linear


def replace(model, kind, make):
    """Every module of `kind` by what `make` gives for it."""
    for name, module in list(model.named_modules()):
        if isinstance(module, kind) and name:
            parent, _, last = name.rpartition(".")
            setattr(model.get_submodule(parent), last, make(module))
    return model


def run(model, input_ids, attention_mask, task_id):
    for module in model.modules():
        if isinstance(module, Adapted):
            module.task = task_id
    out = model(input_ids=input_ids, attention_mask=attention_mask)
    return out.last_hidden_state, out.pooler_output


def rename_output(path, name, other):
    """To a name that torch's exporter does not take."""
    graph = onnx.load(path)
    for value in (*graph.graph.output, *graph.graph.node):
        if getattr(value, "output", None) and name in value.output:
            value.output[list(value.output).index(name)] = other
        elif value.name == name:
            value.name = other
    onnx.save(graph, path)


def tiny_jina_v3():
    repository = Repository("tiny-jina-v3")
    tokenizer = repository.tokenizer("xlm-roberta")
    ids = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    base = randomize(XLMRobertaModel(XLMRobertaConfig(**SIZES, **ids, vocab_size=len(tokenizer), max_position_embeddings=514)), 91)
    draw = torch.Generator().manual_seed(92)
    model = copy.deepcopy(base)
    replace(model.encoder, nn.Linear, lambda linear: Adapted(linear, draw))
    lists = dict(lora_adaptations=list(TASKS), task_instructions=TASKS, matryoshka_dimensions=[32, 16, 8])
    repository.config(base, lora_rank=RANK, lora_alpha=1, **lists)
    files = sentence_files([transformer(LIMIT), pooling("mean"), normalize()], TASKS)
    files["modules.json"][0] |= {"name": "transformer", "type": "custom_st.Transformer", "kwargs": ["task"]}
    repository.write(files)

    batch = batch_of(tokenizer, EXAMPLES, ("input_ids", "attention_mask"))
    few = {name: tensor[:3] for name, tensor in batch.items()} | {"task_id": torch.tensor(1)}
    path = repository.folder / "onnx/model.onnx"
    outputs = {"text_embeds": {0: "batch_size", 1: "sequence_length"}, "pooled": {0: "batch_size"}}
    export(path, model, few, outputs, run, {"task_id": {}})
    rename_output(path, "pooled", "13049")

    fixture = Fixture(repository.name, "SentenceTransformer, sentence-transformers, on weights with the adapter multiplied in")
    plain = {"modules.json": sentence_files([transformer(LIMIT), pooling("mean"), normalize()])["modules.json"]}
    for index, task in enumerate(TASKS):
        merged = replace(copy.deepcopy(model), Adapted, lambda module: module.merged(index)).eval()
        with torch.no_grad():
            check(
                path, [batch | {"task_id": torch.tensor(index)}], lambda b: {"text_embeds": merged(b["input_ids"], b["attention_mask"])[0]}
            )
        embedder = Embedder(repository.reference_folder(merged, plain))
        options = {"promptName": task}
        cases = {name: (texts(name), {}) for name in SHORT} | {
            "batch": (texts(*BATCH[:4], *BATCH[5:]), {}),
            "dimensions-8": (texts(*SHORT), {"poolingParams": {"dimensions": 8}}),
            "truncate-12": (texts("german", "letter"), {"truncatePromptTokens": 12}),
        }
        for name, (prompts, more) in cases.items():
            wanted = embedder.embed(prompts, {**options, **more})
            fixture.add(f"{task}/{name}", "embed", [prompts], wanted, None, {**options, **more})
    embed_cases(fixture, embedder, texts("tokens-512")[0], prefix="no-task/")  # the last is text-matching
    token_cases(fixture, embedder)
    fixture.write()


MODELS = [tiny_jina_v3]
