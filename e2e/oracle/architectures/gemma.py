"""Gemma3 as EmbeddingGemma has it: both directions, mean, two Dense modules, L2; files of Sentence-Transformers 6.

onnx/model.onnx       last_hidden_state and sentence_embedding (pooled, projected, L2), as onnx-community/embeddinggemma-300m-ONNX
onnx/model_q4.onnx    the same before the L2
onnx/model_fp16.onnx  last_hidden_state alone; the Dense modules are only in the safetensors
All three are float32: the names are there for a dtype to select them.
"""

import torch
from torch import nn
from transformers import Gemma3TextConfig, Gemma3TextModel

from .embed import Embedder, embed_cases, token_cases
from .fixture import Fixture
from .heads import batch_of
from .inputs import EXAMPLES, texts
from .modules import dense, new_pooling, normalize, sentence_files, transformer
from .past import causal_mask
from .repository import Repository, check, export
from .tokens import CODE_POINTS, tokenize_cases
from .weights import randomize

INPUTS = ("input_ids", "attention_mask")
LIMIT = 448  # in tokenizer_config.json alone, as version 6 has it; the positions go to 512
PROMPTS = {
    "query": "task: search result | query: ",
    "document": "title: none | text: ",
    "Clustering": "task: clustering | query: ",
}
IDENTITY = "torch.nn.modules.linear.Identity"


def hidden_states(model, input_ids, attention_mask):
    mask = lambda sliding: causal_mask(attention_mask, input_ids.shape[1], 0, sliding, causal=False)
    masks = {"full_attention": mask(None), "sliding_attention": mask(model.config.sliding_window)}
    return model(input_ids=input_ids, attention_mask=masks).last_hidden_state


class Projected(nn.Module):
    def __init__(self, model, linears, unit):
        super().__init__()
        self.model, self.linears, self.unit = model, nn.ModuleList(linears), unit

    def forward(self, input_ids, attention_mask):
        hidden = hidden_states(self.model, input_ids, attention_mask)
        mask = attention_mask[:, :, None].float()
        x = (hidden * mask).sum(1) / mask.sum(1)
        for linear in self.linears:
            x = linear(x)
        return hidden, nn.functional.normalize(x, dim=1) if self.unit else x


def tiny_gemma3_embed():
    repository = Repository("tiny-gemma3-embed")
    tokenizer = repository.tokenizer("gemma", model_max_length=LIMIT)
    sizes = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=16, intermediate_size=64)
    config = Gemma3TextConfig(
        **sizes,
        vocab_size=len(tokenizer),
        max_position_embeddings=512,
        query_pre_attn_scalar=16,
        sliding_window=512,
        layer_types=["sliding_attention", "full_attention"],
        use_bidirectional_attention=True,
        **{f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("pad", "bos", "eos")},
    )
    model = randomize(Gemma3TextModel(config), 41)
    with torch.no_grad():
        model.embed_tokens.weight.div_(32**0.5)  # the model multiplies by the root of its width
    linears = [randomize(nn.Linear(32, 64, bias=False), 42), randomize(nn.Linear(64, 32, bias=False), 43)]
    repository.config(model, matryoshka_dimensions=[32, 16, 8])
    modules = [transformer(), new_pooling("mean"), dense(32, 64, IDENTITY), dense(64, 32, IDENTITY), normalize()]
    repository.write(sentence_files(modules, PROMPTS, new=True))
    for index, linear in enumerate(linears, 2):
        repository.tensors(f"{index}_Dense/model.safetensors", {"linear.weight": linear.weight})

    batch = batch_of(tokenizer, EXAMPLES, INPUTS)
    few = {name: tensor[:3] for name, tensor in batch.items()}
    hidden = {"last_hidden_state": {0: "batch_size", 1: "sequence_length"}}
    pooled = {**hidden, "sentence_embedding": {0: "batch_size"}}
    folder = repository.folder / "onnx"
    run = lambda model, **inputs: model(**inputs)
    export(folder / "model.onnx", Projected(model, linears, True), few, pooled, run)
    export(folder / "model_q4.onnx", Projected(model, linears, False), few, pooled, run)
    export(folder / "model_fp16.onnx", model, few, hidden, hidden_states)

    embedder = Embedder(repository.reference_folder(model))
    stock = lambda b, end: nn.Sequential(*list(embedder.stock)[:end])({key: value.clone() for key, value in b.items()})
    with torch.no_grad():
        torch_rows = lambda b: {"last_hidden_state": model(**b).last_hidden_state}
        check(folder / "model.onnx", [batch, few], lambda b: {**torch_rows(b), "sentence_embedding": stock(b, None)["sentence_embedding"]})
        check(folder / "model_q4.onnx", [batch, few], lambda b: {**torch_rows(b), "sentence_embedding": stock(b, 4)["sentence_embedding"]})
        check(folder / "model_fp16.onnx", [batch, few], torch_rows)

    fixture = Fixture(repository.name, "SentenceTransformer, sentence-transformers", max_model_len=embedder.limit, **CODE_POINTS)
    embed_cases(fixture, embedder, texts("tokens-512")[0], prompts=PROMPTS, raw=False)
    for dtype in ("q4", "fp16"):
        embed_cases(fixture, embedder, texts("tokens-512")[0], prompts=("query",), prefix=f"{dtype}/", load={"dtype": dtype})
    token_cases(fixture, embedder)
    tokenize_cases(fixture, tokenizer)
    fixture.write()


MODELS = [tiny_gemma3_embed]
