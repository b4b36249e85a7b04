"""What holds for all tests: none of them looks at the clock."""

from hypothesis import settings

settings.register_profile("rflint", deadline=None)
settings.load_profile("rflint")
