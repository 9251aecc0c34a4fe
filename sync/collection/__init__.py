"""The listener's marks on this machine: shown at once, true everywhere as soon as it can be."""
