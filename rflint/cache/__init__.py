"""What is kept of earlier runs, in the folder `.rflint_cache` of a project: `reports` of runs, the names of `rules`."""
