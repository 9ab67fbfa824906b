-- In the background; until then rows without it are read as before.
ALTER TABLE source_minutes MATERIALIZE INDEX by_key
