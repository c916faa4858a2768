"""Models that end in logits: spreads the head's outputs over some examples, exports the graph and checks it."""

import torch
from transformers import ModernBertConfig

from .repository import check, export
from .weights import spread

SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
BERT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def labels(*names):
    return dict(id2label=dict(enumerate(names)), label2id={name: index for index, name in enumerate(names)}, num_labels=len(names))


def modernbert_config(tokenizer, **labels):
    """A window of 16 tokens on one of the two layers; eager, which the exporter can trace."""
    ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("pad", "cls", "sep")}
    ids |= dict(bos_token_id=ids["cls_token_id"], eos_token_id=ids["sep_token_id"])
    local = dict(local_attention=16, global_attn_every_n_layers=2, max_position_embeddings=512)
    config = ModernBertConfig(**SIZES, **ids, **local, vocab_size=len(tokenizer), classifier_pooling="mean", **labels)
    config._attn_implementation = "eager"
    return config


def logits_of(model, **inputs):
    return model(**inputs).logits


def batch_of(tokenizer, examples, names):
    """`examples`: texts, or pairs of texts; padded on the tokenizer's side."""
    columns = list(map(list, zip(*examples))) if isinstance(examples[0], (list, tuple)) else [examples]
    batch = tokenizer(*columns, padding=True, truncation=True, return_tensors="pt")
    return {name: batch[name] for name in names}


def finish(repository, model, tokenizer, inputs, linear, examples, per_token=False):
    """Writes onnx/model.onnx; `linear` is the last layer, its outputs [batch, labels] or, `per_token`, [batch, sequence, labels]."""
    batch = batch_of(tokenizer, examples, inputs)
    with torch.no_grad():
        logits = logits_of(model, **batch)
        spread(linear, logits[batch["attention_mask"] > 0] if per_token else logits)
        path = repository.folder / "onnx/model.onnx"
        axes = {0: "batch_size", 1: "sequence_length"} if per_token else {0: "batch_size"}
        export(path, model, {k: v[:3] for k, v in batch.items()}, {"logits": axes}, logits_of)
        batches = [batch, {k: v[:1] for k, v in batch.items()}, batch_of(tokenizer, examples[:1], inputs)]
        check(path, batches, lambda b: {"logits": logits_of(model, **b)})
