"""A float32 ONNX model -> int8 that fits a Worker: weights in files of their own, each at most 24 MiB, which onnxruntime takes without copies.

    pip install onnx onnxruntime
    python prepare_model.py path/to/model.onnx assets/onnx
"""

import sys
from pathlib import Path

import onnx
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic

LARGEST = 24 * 2**20
source, folder = sys.argv[1], Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
target = folder / "model_quantized.onnx"
for old in folder.glob("model_quantized.onnx*"):
    old.unlink()

types = {"DefaultTensorType": onnx.TensorProto.FLOAT}
quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8, extra_options=types)
model = onnx.load(target)
part, filled = 0, 0
for tensor in model.graph.initializer:
    size = len(tensor.raw_data)
    if size < 1024:
        continue
    if size > LARGEST:
        sys.exit(f"{tensor.name} has {size} bytes: put this model into R2, which has no limit.")
    if filled + size > LARGEST:
        part, filled = part + 1, 0
    set_external_data(tensor, location=f"{target.name}_data" + (f"_{part}" if part else ""))
    filled += size
onnx.save(model, target)
for file in sorted(folder.glob("model_quantized.onnx*")):
    print(f"{file} {file.stat().st_size / 1e6:.1f} MB")
