"""Where the next stations stand, which to move or close, and which grids each covers."""
