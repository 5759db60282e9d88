"""What only a GPU can show, in one command that needs no network: `python -m benchmarks.gpu.run`."""
