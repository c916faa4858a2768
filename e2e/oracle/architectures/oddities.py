"""One BERT in graphs with odd inputs, outputs and files. The names are only there for a dtype to select them.

onnx/model.onnx        int32 inputs
onnx/model_fp16.onnx   float16 output (a Cast at the end of float32)
onnx/model_int8.onnx   bfloat16 output (the same)
onnx/model_q4.onnx     external data in two files, model_q4.onnx_data and model_q4.onnx_data_1
"""

import onnx
import torch
from onnx import external_data_helper
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertModel

from .embed import Embedder, embed_cases, token_cases
from .fixture import Fixture
from .heads import BERT_INPUTS, SIZES, batch_of
from .inputs import BATCH, EXAMPLES, SHORT, texts
from .modules import normalize, pooling, sentence_files, transformer
from .repository import Repository, check, export
from .weights import randomize

LIMIT = 480
HALVES = {"fp16": torch.float16, "int8": torch.bfloat16}
ABOVE = 1024  # bytes of an initializer that goes outside


def split_data(path):
    """Moves the larger initializers out, by turns into two files."""
    model = onnx.load(path)
    outside = [path.with_name(path.name + suffix) for suffix in ("_data", "_data_1")]
    contents = [bytearray(), bytearray()]
    for index, tensor in enumerate(t for t in model.graph.initializer if len(t.raw_data) >= ABOVE):
        file, content = outside[index % 2], contents[index % 2]
        data, offset = tensor.raw_data, len(content)
        content.extend(data)
        external_data_helper.set_external_data(tensor, file.name, offset=offset, length=len(data))
        tensor.ClearField("raw_data")
    for file, content in zip(outside, contents):
        file.write_bytes(content)
    path.write_bytes(model.SerializeToString())


class Rounded(torch.nn.Module):
    """Sentence-Transformers' module: the token rows as the graph's half precision leaves them."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def forward(self, features):
        return features | {"token_embeddings": features["token_embeddings"].to(self.kind).float()}


def rounded(embedder, kind):
    model = SentenceTransformer(modules=[embedder.stock[0], Rounded(kind), *list(embedder.stock)[1:]], device="cpu")
    return lambda prompts: model.encode(prompts, batch_size=len(prompts), show_progress_bar=False)


def tiny_bert_oddities():
    repository = Repository("tiny-bert-oddities")
    tokenizer = repository.tokenizer("bert")
    model = randomize(BertModel(BertConfig(**SIZES, vocab_size=len(tokenizer)), add_pooling_layer=False), 99)
    repository.config(model, is_matryoshka=True)
    repository.write(sentence_files([transformer(LIMIT), pooling("mean"), normalize()]))
    batch = batch_of(tokenizer, EXAMPLES, BERT_INPUTS)
    few = {name: tensor[:3] for name, tensor in batch.items()}
    folder = repository.folder / "onnx"
    outputs = {"last_hidden_state": {0: "batch_size", 1: "sequence_length"}}
    rows = lambda model, **inputs: model(**inputs).last_hidden_state
    wide = lambda model, **inputs: rows(model, **{name: tensor.long() for name, tensor in inputs.items()})
    small = lambda tensors: {name: tensor.int() for name, tensor in tensors.items()}
    wanted = lambda b: {"last_hidden_state": rows(model, **{name: tensor.long() for name, tensor in b.items()})}
    export(folder / "model.onnx", model, small(few), outputs, wide)
    export(folder / "model_q4.onnx", model, few, outputs, rows)
    split_data(folder / "model_q4.onnx")
    with torch.no_grad():
        check(folder / "model.onnx", [small(batch)], wanted)
        check(folder / "model_q4.onnx", [batch], wanted)
    for dtype, kind in HALVES.items():
        path = folder / f"model_{dtype}.onnx"
        export(path, model, few, outputs, lambda model, **inputs: rows(model, **inputs).to(kind))
        check_half(path, batch, wanted(batch)["last_hidden_state"], kind)

    fixture = Fixture(repository.name, "SentenceTransformer, sentence-transformers")
    embedder = Embedder(repository.reference_folder(model))
    embed_cases(fixture, embedder, texts("tokens-512")[0])
    token_cases(fixture, embedder)
    embed_cases(fixture, embedder, texts("tokens-512")[0], prefix="external/", load={"dtype": "q4"})
    whole = Embedder(repository.reference_folder(model))  # the other one is left with the last case's truncation
    for dtype, kind in HALVES.items():
        encode = rounded(whole, kind)
        for name, prompts in (("short", texts(*SHORT)), ("batch", texts(*BATCH[:4], *BATCH[5:]))):
            expected = {"embeddings": encode(prompts), "ids": tokenizer(prompts)["input_ids"]}
            fixture.add(f"{str(kind).removeprefix('torch.')}/{name}", "embed", [prompts], expected, {"dtype": dtype})
    fixture.write()


def check_half(path, batch, expected, kind):
    """numpy has no bfloat16: the graph's output is read through a Cast added for the check."""
    graph = onnx.load(path)
    graph.graph.node.append(onnx.helper.make_node("Cast", ["last_hidden_state"], ["float"], to=onnx.TensorProto.FLOAT))
    graph.graph.output[0].CopyFrom(onnx.helper.make_tensor_value_info("float", onnx.TensorProto.FLOAT, ["b", "s", 32]))
    again = path.with_name("check.onnx")
    onnx.save(graph, again)
    with torch.no_grad():
        check(again, [batch], lambda b: {"float": expected.to(kind).float()}, tolerance=0.02)  # a rounding step of bfloat16
    again.unlink()


MODELS = [tiny_bert_oddities]
