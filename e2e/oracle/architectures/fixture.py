"""Collects the cases of one model and writes ../fixtures/architectures/<name>.json."""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

FIXTURES = Path(__file__).parents[1] / "fixtures" / "architectures"
MAX_BYTES = 1_000_000
PACKAGES = ("sentence-transformers", "transformers", "tokenizers", "torch")


def plain(value):
    """Tensors and arrays as lists; floats with seven digits, which is all that float32 has."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.7g}")
    return int(value) if isinstance(value, np.integer) else value


class Fixture:
    def __init__(self, model, reference, **notes):
        self.header = {"model": model, "reference": reference, "made_with": {name: version(name) for name in PACKAGES}, **notes}
        self.cases = []

    def add(self, case_id, method, args, expected, load=None, options=None):
        extra = {key: value for key, value in (("load", load), ("options", options)) if value}
        self.cases.append(plain({"id": case_id, "method": method, "args": args, **extra, "expected": expected}))

    def write(self):
        ids = [case["id"] for case in self.cases]
        assert len(set(ids)) == len(ids), ids
        lines = ",\n".join(json.dumps(case, separators=(",", ":"), ensure_ascii=False) for case in self.cases)
        FIXTURES.mkdir(parents=True, exist_ok=True)
        out = FIXTURES / f"{self.header['model']}.json"
        out.write_text(json.dumps(self.header, indent=1)[:-2] + ',\n "cases": [\n' + lines + "\n ]\n}\n")
        size = out.stat().st_size
        assert size <= MAX_BYTES, f"{out} has {size} bytes"
        print(f"  {len(ids)} cases, {size} bytes")
