"""Comments that speak to rflint: what they say of which statement."""
