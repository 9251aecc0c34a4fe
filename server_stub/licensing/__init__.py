"""Licensing: the devices of a user, and the licences issued to them."""
