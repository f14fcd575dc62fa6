"""The rules of who matters and how: values in, values out."""
