"""The one door: keys, scopes, forwarding, and the 360 view."""
