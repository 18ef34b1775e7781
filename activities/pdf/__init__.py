"""The PDF of an activity report: what it holds, how it is made, to whom it is given."""
