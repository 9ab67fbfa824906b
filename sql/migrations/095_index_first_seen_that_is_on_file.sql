-- In the background; until then rows without it are read as before.
ALTER TABLE first_seen MATERIALIZE INDEX by_network
