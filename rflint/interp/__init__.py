"""The interpreter: runs the Python of a network on shapes instead of tensors."""
