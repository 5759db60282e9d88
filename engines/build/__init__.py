"""ONNX -> engine for this machine: `facecast engines build | list | verify`."""
