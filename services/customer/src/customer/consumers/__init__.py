"""The bus in: a module for each topic read, with its own small view of each event."""
