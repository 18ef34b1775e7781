"""A year's figures in a spreadsheet: the one to fill in, and what is read of the one sent back."""
