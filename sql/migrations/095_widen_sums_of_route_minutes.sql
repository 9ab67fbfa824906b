-- Events are capped, their sums are not: spend that wraps around would be spend that is subtracted.
ALTER TABLE route_minutes
  MODIFY COLUMN bytes SimpleAggregateFunction(sum, UInt128) COMMENT 'Response bytes.' CODEC(ZSTD(1)),
  MODIFY COLUMN unit_millis SimpleAggregateFunction(sum, UInt128) COMMENT 'Thousandths of what the provider bills: tokens, messages, rows.' CODEC(ZSTD(1)),
  MODIFY COLUMN spend_micros SimpleAggregateFunction(sum, UInt128) COMMENT 'Millionths of a US dollar.' CODEC(ZSTD(1))
