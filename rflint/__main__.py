"""`python -m rflint`."""

import sys

from rflint.cli import main

sys.exit(main())
