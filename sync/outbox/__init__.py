"""What the listener did, kept until the server has it: written first, applied once."""
