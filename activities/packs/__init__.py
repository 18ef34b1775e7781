"""A funder's pack: what it holds, how it is made. What is captured is what anybody is answered."""
