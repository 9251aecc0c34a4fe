"""Pure rules: which packets make a piece, how files, indexes and manifests are written."""
