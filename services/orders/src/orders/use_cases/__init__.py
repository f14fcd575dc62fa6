"""What is done with orders, parcels and returns: a module for each verb."""
