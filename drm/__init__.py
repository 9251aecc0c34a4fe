"""Who may hear what: licences, the device's vault and the rights honoured offline."""
