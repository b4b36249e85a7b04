"""What text a fix changes: from edits of layers and places to pieces of files."""
