"""How reports and traces are written: one small file per format, each a pure function from data to text."""
