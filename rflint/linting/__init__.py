"""How the files of a run are linted, each under its configuration."""
