"""The commands of the command line: what each takes, does and prints."""
