"""The Web API: one table of methods, and a module for each family of them."""
