"""`python -m rxslack` is the command `rxslack`."""

import sys

from rxslack.cli import main

if __name__ == "__main__":
    sys.exit(main())
