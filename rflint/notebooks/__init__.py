"""Notebooks: their Python cells are read as one module, and changes of that go back into the cells.

`magics` makes Python of what IPython adds to it, `reading` the text of the module, `places` tells which cell a line of
it is in, `writing` puts a changed text back.
"""
