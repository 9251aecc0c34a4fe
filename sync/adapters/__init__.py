"""Where sync keeps things. Only the player's bootstrap picks them."""
