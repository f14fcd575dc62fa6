"""What was bought and where it is: orders, parcels, tracking, returns."""
