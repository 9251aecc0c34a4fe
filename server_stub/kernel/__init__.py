"""What every context may stand on: error kinds and the clock."""
