"""A root is built and run on shapes; what comes out is a `Trace`."""
