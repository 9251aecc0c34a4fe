"""The pages of the player and what they share: keys, actions, the port to the engine."""
