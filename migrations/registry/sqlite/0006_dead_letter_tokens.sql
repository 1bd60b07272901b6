-- The token that a callback came to: without it a replayed callback could not find its payment.
ALTER TABLE dead_letters ADD COLUMN token TEXT;
