"""``python -m govsim`` is the command ``govsim``."""

from govsim.cli import main

main()
