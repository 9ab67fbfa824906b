-- In the background; until then rows without them are read as before.
ALTER TABLE source_hours MATERIALIZE INDEX by_network, MATERIALIZE INDEX by_asn
