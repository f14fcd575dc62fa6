"""The rules of orders, parcels and returns: values in, values out."""
