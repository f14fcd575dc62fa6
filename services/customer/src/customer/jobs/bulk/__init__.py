"""The first load of a house: a whole file read, linked and copied in, before anybody is known."""
