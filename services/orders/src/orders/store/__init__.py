"""SQL: the tables of orders, and a module for each aggregate."""
