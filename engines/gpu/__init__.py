"""The frame on the GPU: JPEG decode, crops for every face of every frame in one launch, one copy back."""
