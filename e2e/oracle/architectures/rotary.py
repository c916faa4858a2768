"""Rotary angles as onnxruntime's model builder exports them: looked up in tables of cosines and sines, not computed while the graph runs.
WGSL promises sin() and cos() to 2^-11 only, which shows in the third digit of a logit.
"""

from contextlib import contextmanager

import torch


class Tables(torch.nn.Module):
    """Stands in for a Qwen2RotaryEmbedding and its like: (states, position ids [batch, tokens]) → cosines and sines [batch, tokens, width]."""

    def __init__(self, rotary):
        super().__init__()
        cosines, sines = rotary(torch.zeros(1), torch.arange(rotary.config.max_position_embeddings)[None])
        self.register_buffer("cosines", cosines[0])
        self.register_buffer("sines", sines[0])

    def forward(self, states, position_ids):
        return self.cosines[position_ids], self.sines[position_ids]


@contextmanager
def rotary_tables(model):
    """While it lasts, the Qwen decoders in `model` have tables."""
    owners = [module for module in model.modules() if type(getattr(module, "rotary_emb", None)).__name__.startswith("Qwen")]
    before = [owner.rotary_emb for owner in owners]
    try:
        for owner in owners:
            owner.rotary_emb = Tables(owner.rotary_emb)
        yield
    finally:
        for owner, rotary in zip(owners, before, strict=True):
            owner.rotary_emb = rotary
