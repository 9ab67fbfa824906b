ALTER TABLE first_seen MODIFY COMMENT 'When a key was first and last served with an address, a route and so on: what was refused is in no row. Networks are derived from addresses when read.'
