"""Decoder graphs as optimum and transformers.js export them: the caller gives position ids and an empty cache of keys and values."""

import torch
from transformers import DynamicCache

PAST = 3  # cached tokens while tracing


def cache_names(config, prefix):
    return [f"{prefix}.{layer}.{part}" for layer in range(config.num_hidden_layers) for part in ("key", "value")]


def causal_mask(attention_mask, queries, past, sliding=None, causal=True):
    """[batch, past + queries] → [batch, 1, queries, past + queries]: 0 where a query sees a key, the smallest float elsewhere."""
    query, key = torch.arange(queries) + past, torch.arange(attention_mask.shape[1])
    seen = attention_mask[:, None, None, :] > 0
    if causal:
        seen = seen & (key[None, :] <= query[:, None])
    if sliding:
        seen = seen & (abs(query[:, None] - key[None, :]) < sliding)
    return torch.where(seen, 0.0, torch.finfo(torch.float32).min)


def run_with_past(model, input_ids, attention_mask, position_ids, **past):
    """Outputs: the model's first, then the cache."""
    cache = DynamicCache()
    pairs = list(past.values())
    for layer in range(len(pairs) // 2):
        cache.update(pairs[2 * layer], pairs[2 * layer + 1], layer)
    mask = causal_mask(attention_mask, input_ids.shape[1], pairs[0].shape[2])
    first = model(input_ids=input_ids, attention_mask={"full_attention": mask}, position_ids=position_ids, past_key_values=cache)[0]
    return first, *(tensor for layer in cache.layers for tensor in (layer.keys, layer.values))


def with_past(config, batch, past=0):
    """Adds position ids (from the mask) and a cache of `past` tokens to a tokenized batch."""
    mask = torch.cat([torch.ones(len(batch["input_ids"]), past, dtype=torch.int64), batch["attention_mask"]], 1)
    positions = (mask.cumsum(1) - 1).clamp(min=0)[:, past:]
    shape = (len(mask), config.num_key_value_heads, past, config.head_dim)
    tensors = {name: torch.randn(shape) for name in cache_names(config, "past_key_values")}
    return {"input_ids": batch["input_ids"], "attention_mask": mask, "position_ids": positions, **tensors}


def past_axes(config):
    """(axes of the inputs, axes of the cached outputs)."""
    inputs = {"attention_mask": {0: "batch_size", 1: "total_sequence_length"}}
    inputs |= {name: {0: "batch_size", 2: "past_sequence_length"} for name in cache_names(config, "past_key_values")}
    return inputs, {name: {0: "batch_size", 2: "total_sequence_length"} for name in cache_names(config, "present")}
