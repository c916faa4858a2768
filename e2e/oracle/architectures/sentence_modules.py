"""BERT under Sentence-Transformers' modules: every pooling in old and new files, and Dense, LayerNorm and Normalize behind it."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from transformers import BertConfig, BertModel

from .embed import Embedder, embed_cases, token_cases
from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, batch_of
from .inputs import BATCH, EXAMPLES, SHORT, texts
from .modules import dense, layer_norm, new_pooling, normalize, pooling, sentence_files, transformer
from .repository import Repository, check, export
from .weights import randomize

REFERENCE = "SentenceTransformer, sentence-transformers"
LIMIT = 480  # of sentence_bert_config.json; the positions go to 512
PROMPTS = {"query": "Find what answers this question: ", "document": ""}
TWO = (("cls", "mean"), ("max", "mean"), ("mean_sqrt_len", "weightedmean", "lasttoken"))
SINGLE = (("cls",), ("mean",), ("max",), ("mean_sqrt_len",), ("weightedmean",), ("lasttoken",))
BATCH = [name for name in BATCH if name != "tokens-255"]


def bert(repository, tokenizer, seed):
    """A BertModel, and its graph with last_hidden_state and pooler_output: the second is not what the modules pool."""
    model = randomize(BertModel(BertConfig(**SIZES, vocab_size=len(tokenizer))), seed)
    repository.config(model, is_matryoshka=True)
    batch = batch_of(tokenizer, EXAMPLES, BERT_INPUTS)
    outputs = {"last_hidden_state": {0: "batch_size", 1: "sequence_length"}, "pooler_output": {0: "batch_size"}}
    run = lambda model, **inputs: (lambda out: (out.last_hidden_state, out.pooler_output))(model(**inputs))
    path = repository.folder / "onnx/model.onnx"
    export(path, model, {name: tensor[:3] for name, tensor in batch.items()}, outputs, run)
    with torch.no_grad():
        check(path, [batch], lambda b: dict(zip(outputs, run(model, **b))))
    return model


class Variants:
    """The reference with some of the repository's files replaced."""

    def __init__(self, folder, fixture):
        self.folder, self.fixture = folder, fixture

    def embedder(self, files):
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(self.folder, copy, dirs_exist_ok=True)
            for path, content in files.items():
                Path(copy, path).parent.mkdir(exist_ok=True)
                Path(copy, path).write_text(json.dumps(content))
            return Embedder(copy)

    def add(self, prefix, files, cases):
        """`cases`: id -> (texts, options)."""
        embedder = self.embedder(files)
        load = {"files": {path: json.dumps(content) for path, content in files.items()}}
        for name, (prompts, options) in cases.items():
            self.fixture.add(f"{prefix}/{name}", "embed", [prompts], embedder.embed(prompts, options), load, options)


def tiny_bert_poolings():
    repository = Repository("tiny-bert-poolings")
    tokenizer = repository.tokenizer("bert-cased")
    repository.write(sentence_files([transformer(LIMIT), pooling("mean")], PROMPTS))
    model = bert(repository, tokenizer, 51)
    folder = repository.reference_folder(model)
    fixture = Fixture(repository.name, REFERENCE, max_model_len=LIMIT)
    variants = Variants(folder, fixture)
    embed_cases(fixture, Embedder(folder), texts("tokens-512")[0], prompts=PROMPTS)
    token_cases(fixture, Embedder(folder))
    files = lambda *modules, new=False: sentence_files([transformer(LIMIT), *modules], PROMPTS, new=new)

    batch = {"batch": (texts(*BATCH), {}), "truncate-12": (texts("german", "letter"), {"truncatePromptTokens": 12})}
    for modes in (*SINGLE, *TWO):
        name = "+".join(modes)
        variants.add(f"old/{name}", files(pooling(*modes)), batch)
        variants.add(f"new/{name}", files(new_pooling(*modes), new=True), batch)
    variants.add("new/mean+cls", files(new_pooling("mean", "cls"), new=True), batch)  # in the order of the list
    variants.add("new/list-of-one", files(("Pooling", {**new_pooling("max")[1], "pooling_mode": ["max"]}), new=True), batch)
    variants.add("old/none-set", files(pooling()), batch)
    variants.add("old/normalized", files(pooling("max"), normalize()), batch)
    variants.add("new/normalized", files(new_pooling("max"), normalize(), new=True), batch)

    prompted = {"query": (texts(*SHORT), {"promptName": "query"}), "text": (texts(*SHORT), {"prompt": "An instruction, to leave out: "})}
    prompted |= {"none": (texts(*SHORT), {}), "empty": ([""], {"promptName": "query"})}
    for modes in (*SINGLE, TWO[0]):
        name = "+".join(modes)
        variants.add(f"prompt-left-out/{name}", files(pooling(*modes, include_prompt=False)), prompted)
    variants.add("prompt-left-out/new-files", files(new_pooling("mean", include_prompt=False), new=True), prompted)

    for kind, mode in (("CLS", "cls"), ("LAST", "lasttoken"), ("MEAN", "mean")):
        embedder = variants.embedder(files(pooling(mode), normalize()))
        for name, unit in (("normalized", True), ("raw", False)):
            load = {"overridePoolerConfig": {"pooling_type": kind, "normalize": unit}}
            wanted = embedder.embed(texts(*BATCH), {"poolingParams": {"normalize": unit}})
            fixture.add(f"override/{kind}-{name}", "embed", [texts(*BATCH)], wanted, load)

    default = sentence_files([transformer(LIMIT), pooling("mean")], PROMPTS, default_prompt="query")
    cases = {
        "no-options": (texts(*SHORT), {}),
        "other-name": (texts(*SHORT), {"promptName": "document"}),
        "empty": (texts(*SHORT), {"prompt": ""}),
    }
    variants.add("default-prompt", default, cases)
    long = {"truncate-max": (texts("package-09", "letter"), {"truncatePromptTokens": -1}), "short": (texts("capital"), {})}
    variants.add("max-64", {"sentence_bert_config.json": {"max_seq_length": 64, "do_lower_case": False}}, long)
    variants.add(
        "lower-case", {"sentence_bert_config.json": {"max_seq_length": LIMIT, "do_lower_case": True}}, {"short": (texts(*SHORT), {})}
    )
    fixture.write()


def tiny_bert_dense():
    repository = Repository("tiny-bert-dense")
    tokenizer = repository.tokenizer("bert")
    tanh = "torch.nn.modules.activation.Tanh"
    modules = [transformer(LIMIT), pooling("cls"), dense(32, 24, tanh, bias=True), layer_norm(24), normalize()]
    repository.write(sentence_files(modules, {"query": "query: ", "passage": "passage: "}))
    linear, norm = torch.nn.Linear(32, 24), torch.nn.LayerNorm(24)
    randomize(torch.nn.ModuleList([linear, norm]), 53)
    with torch.no_grad():
        linear.bias.mul_(10)
        norm.bias.mul_(10)
    repository.tensors("2_Dense/model.safetensors", {"linear.weight": linear.weight, "linear.bias": linear.bias})
    repository.tensors("3_LayerNorm/model.safetensors", {"norm.weight": norm.weight, "norm.bias": norm.bias})
    model = bert(repository, tokenizer, 52)
    folder = repository.reference_folder(model)
    fixture = Fixture(repository.name, REFERENCE, max_model_len=LIMIT)
    embed_cases(fixture, Embedder(folder), texts("tokens-512")[0], prompts=("query", "passage"), dimensions=(16, 7))
    token_cases(fixture, Embedder(folder))
    variants = Variants(folder, fixture)
    cases = {"short": (texts(*SHORT), {}), "raw": (texts(*SHORT), {"poolingParams": {"normalize": False}})}
    for kind in ("activation.ReLU", "activation.Sigmoid", "activation.GELU", "activation.SiLU", "linear.Identity"):
        content = dense(32, 24, f"torch.nn.modules.{kind}", bias=True)[1]
        variants.add(f"activation/{kind.split('.')[1]}", {"2_Dense/config.json": content}, cases)
    modules = [transformer(LIMIT), new_pooling("cls"), dense(32, 24, tanh, bias=True), layer_norm(24), normalize()]
    variants.add("new-files", sentence_files(modules, new=True), cases)
    modules = [transformer(LIMIT), pooling("mean"), dense(32, 24, tanh, bias=True)]
    variants.add("no-norm", sentence_files(modules), cases)
    fixture.write()


MODELS = [tiny_bert_poolings, tiny_bert_dense]
