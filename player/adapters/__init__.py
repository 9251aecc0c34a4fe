"""Where the player meets the world: servers, sound devices. Only `player.bootstrap` picks them."""
