"""Writes a model's folder as a Hugging Face repository has it, exports its graph, and checks the graph against torch."""

import atexit
import json
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoTokenizer

from .rotary import rotary_tables
from .small_tokenizers import TEXTS, load

MODELS = Path(__file__).parents[2] / "models"
TOLERANCE = 1e-4


class Repository:
    def __init__(self, name):
        self.name = name
        self.folder = MODELS / name
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "onnx").mkdir(parents=True)

    def write(self, files):
        """path -> JSON content."""
        for path, content in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def tensors(self, path, weights):
        file = self.folder / path
        save_file({name: tensor.detach().contiguous() for name, tensor in weights.items()}, file, {"format": "pt"})
        file.chmod(0o644)  # safetensors keeps it to its owner

    def tokenizer(self, kind, **changes):
        """Writes the tokenizer of small_tokenizers.KINDS and gives it as transformers loads it. `changes`: to tokenizer_config.json."""
        content, config = load(kind)
        (self.folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")
        self.write({"tokenizer_config.json": {**config, **changes}})
        loaded, own = AutoTokenizer.from_pretrained(self.folder), Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        assert len(loaded) == own.get_vocab_size(), self.name  # transformers builds some classes anew, from the vocabulary alone
        for text in TEXTS.values():
            assert loaded([text], [text], verbose=False)["input_ids"][0] == own.encode(text, text).ids, (self.name, text)
        return loaded

    def config(self, model, drop=(), **changes):
        """config.json as save_pretrained writes it, plus what only real repositories have."""
        content = {"architectures": [type(model).__name__], **model.config.to_diff_dict(), **changes}
        self.write({"config.json": {key: value for key, value in content.items() if key not in drop}})

    def reference_folder(self, model, files=None):
        """A temporary folder with the same files and torch weights, for the reference libraries to load. `files`: others instead."""
        folder = tempfile.mkdtemp(prefix="oracle-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        model.save_pretrained(folder)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("onnx"))
        for path, content in (files or {}).items():
            Path(folder, path).write_text(json.dumps(content))
        return folder

    def size(self):
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())


class Graph(nn.Module):
    """A model with positional inputs, for the exporter. `run(model, **inputs)` gives the outputs in order."""

    def __init__(self, model, names, run):
        super().__init__()
        self.model, self.names, self.run = model, names, run

    def forward(self, *inputs):
        return self.run(self.model, **dict(zip(self.names, inputs, strict=True)))


def export(path, model, inputs, outputs, run, axes=None, opset=17):
    """`inputs`: name -> example tensor. `outputs`: name -> its dynamic axes. `axes`: the same for inputs, where not [batch, sequence]."""
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in inputs} | (axes or {}) | outputs
    with warnings.catch_warnings(), torch.no_grad(), rotary_tables(model):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(model, list(inputs), run).eval(),  # the exporter puts back the mode it finds
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: axis for name, axis in axes.items() if axis},
            opset_version=opset,
            dynamo=False,
        )


def check(path, batches, expected, tolerance=TOLERANCE):
    """Largest difference between the graph's outputs and torch's over `batches`; `expected(batch)`: output name -> tensor.
    Rows of padding may differ: with an `attention_mask` they are not compared.
    """
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    worst = 0.0
    for batch in batches:
        wanted = expected(batch)
        results = session.run(list(wanted), {name: tensor.numpy() for name, tensor in batch.items()})
        for (name, tensor), result in zip(wanted.items(), results, strict=True):
            difference = np.abs(np.asarray(result, np.float32) - tensor.detach().float().numpy())
            assert difference.shape == result.shape, f"{name}: {difference.shape} {result.shape}"
            mask = batch.get("attention_mask")
            if mask is not None and difference.shape[:2] == tuple(mask.shape):
                difference = difference[mask.numpy() > 0]
            worst = max(worst, float(difference.max()))
    print(f"  {path.parent.parent.name}/{path.name}: {path.stat().st_size} bytes, {worst:.1e} from torch")
    assert worst < tolerance, path
