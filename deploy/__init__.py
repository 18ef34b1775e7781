"""Scripts that install, run and check the site. They use the standard library only."""
