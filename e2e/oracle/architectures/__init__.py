"""Tiny random-weight models of many architectures: their files, their ONNX graphs and what the reference libraries answer."""
