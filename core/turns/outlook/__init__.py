"""How long everybody waits, told to all alike: seen, drawn off the requests, kept in one row for each site, judged."""
