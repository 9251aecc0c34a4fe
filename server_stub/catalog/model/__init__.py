"""Pure rules of the catalog: cleaning, grouping, lyrics, ordering, planning a scan."""
