"""Two states of a repository, read through git, and what differs between them."""
