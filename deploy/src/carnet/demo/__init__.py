"""The demo house: invented customers whose purchases, parcels and words tell what Carnet is for."""
