"""The pages of the rules: documentation, `rflint rule NAME`, and tests."""
