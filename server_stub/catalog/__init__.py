"""The catalog: what music there is, found in folders and read by listeners."""
