"""Random weights that make faults visible: see random_weights in ../make_tiny_models.py for why they are scaled so."""

import torch
from torch import nn

GAINS = {  # part of a name -> gain over 1/sqrt(inputs); the first that fits
    ("query", "key", "q_lin", "k_lin", "q_proj", "k_proj", "Wqkv", "c_attn"): 1.5,
    ("attention.output.dense", "out_lin", "o_proj", "attn.Wo", "attn.c_proj"): 2,
    ("output.dense", "ffn.lin2", "down_proj", "mlp.Wo", "mlp.c_proj"): 0.3,
}
TABLES = {("position", "wpe"): 0.2, ("token_type",): 0.4}


def pick(table, name, default):
    return next((value for parts, value in table.items() if any(part in name for part in parts)), default)


def randomize(model, seed):
    """Every parameter anew, in order of their names."""
    draw = torch.Generator().manual_seed(seed)
    normal = lambda tensor, scale: torch.randn(tensor.shape, generator=draw) * scale
    with torch.no_grad():
        for name, module in sorted(model.named_modules()):
            kind = type(module).__name__
            if isinstance(module, nn.Embedding):
                module.weight.copy_(normal(module.weight, pick(TABLES, name, 1.0)))
            elif isinstance(module, nn.Linear) or kind == "Conv1D":
                inputs = module.weight.shape[1 if isinstance(module, nn.Linear) else 0]
                module.weight.copy_(normal(module.weight, pick(GAINS, name, 1.0) / inputs**0.5))
                if module.bias is not None:
                    module.bias.copy_(normal(module.bias, 0.02))
            elif "Norm" in kind and getattr(module, "weight", None) is not None:
                centre = 0 if kind.startswith("Gemma") else 1  # Gemma multiplies by 1 + weight
                module.weight.copy_(centre + normal(module.weight, 0.1))
                if getattr(module, "bias", None) is not None:
                    module.bias.copy_(normal(module.bias, 0.02))
    return model.eval()


def spread(linear, logits, deviation=2.0):
    """Scales a head so that its outputs over `logits` [examples, labels] come out with mean 0 and this deviation per label."""
    mean, std = logits.mean(0), logits.std(0)
    with torch.no_grad():
        if linear.bias is not None:
            linear.bias.copy_((linear.bias - mean) * deviation / std)
        linear.weight.mul_((deviation / std).unsqueeze(1))
