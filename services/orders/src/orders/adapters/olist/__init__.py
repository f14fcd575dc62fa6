"""The public files of the marketplace Olist, read as orders with payments and deliveries."""
