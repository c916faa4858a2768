"""Decoders: Qwen3 as an embedder (last token, padded on the left, empty cache as input)."""

import torch
from transformers import Qwen3Config, Qwen3Model

from .embed import Embedder, embed_cases, token_cases
from .fixture import Fixture
from .heads import SIZES, batch_of
from .inputs import EXAMPLES, texts
from .modules import normalize, pooling, sentence_files, transformer
from .past import past_axes, run_with_past, with_past
from .repository import Repository, check, export
from .tokens import CODE_POINTS, tokenize_cases
from .weights import randomize

QWEN = dict(num_key_value_heads=1, head_dim=16, max_position_embeddings=1024, tie_word_embeddings=True)


def export_with_past(repository, model, tokenizer, output):
    config = model.config
    batch = batch_of(tokenizer, EXAMPLES, ("input_ids", "attention_mask"))
    few = {name: tensor[:3] for name, tensor in batch.items()}
    input_axes, cache_axes = past_axes(config)
    outputs = {output: {0: "batch_size", 1: "sequence_length"}, **cache_axes}
    path = repository.folder / "onnx/model.onnx"
    export(path, model, with_past(config, few, past=3), outputs, run_with_past, input_axes)
    plain = lambda b: model(input_ids=b["input_ids"], attention_mask=b["attention_mask"])[0]
    with torch.no_grad():
        one = batch_of(tokenizer, EXAMPLES[3:4], ("input_ids", "attention_mask"))
        check(path, [with_past(config, batch), with_past(config, few), with_past(config, one)], lambda b: {output: plain(b)})


def tiny_qwen3_embed():
    repository = Repository("tiny-qwen3-embed")
    tokenizer = repository.tokenizer("qwen-embedding")
    ids = dict(bos_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.pad_token_id)
    model = randomize(Qwen3Model(Qwen3Config(**SIZES, **QWEN, **ids, vocab_size=len(tokenizer))), 31)
    repository.config(model, architectures=["Qwen3ForCausalLM"], is_matryoshka=True)
    prompt = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
    repository.write(sentence_files([transformer(), pooling("lasttoken"), normalize()], {"query": prompt, "document": ""}))
    export_with_past(repository, model, tokenizer, "last_hidden_state")
    fixture = Fixture(repository.name, "SentenceTransformer, sentence-transformers", **CODE_POINTS)
    embedder = Embedder(repository.reference_folder(model))
    embed_cases(fixture, embedder, texts("tokens-512")[0], prompts=("query", "document"))
    token_cases(fixture, embedder)
    tokenize_cases(fixture, tokenizer)
    fixture.write()


MODELS = [tiny_qwen3_embed]
