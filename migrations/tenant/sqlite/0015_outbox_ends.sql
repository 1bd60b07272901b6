-- Until when an outbox item is of use: from then on it is not sent any more, and ends as failed with the code `expired`. Null: for ever.
ALTER TABLE outbox ADD COLUMN useful_until INTEGER;
