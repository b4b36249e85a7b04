"""Which input sizes a network takes: exact sets of integers, found by traces of whole regions of sizes."""
