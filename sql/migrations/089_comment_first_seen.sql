ALTER TABLE first_seen
  COMMENT COLUMN first_at 'Minute of the first request with this value that was served (status below 400); a day before its arrival at most, unless it was imported as history.',
  COMMENT COLUMN last_at 'Minute of the last request with this value that was served.'
