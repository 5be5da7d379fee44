-- Statements outside of a transaction
--
-- revision: r2
-- down_revision: r1
-- transactional: false

-- migrate:upgrade
INSERT INTO log SELECT 'r2 begins' FROM pg_sleep(0.05);
CREATE UNIQUE INDEX CONCURRENTLY items_code ON items (code);
INSERT INTO log VALUES ('r2 has an index');
ALTER TABLE items ADD CONSTRAINT price_is_positive CHECK (price > 0) NOT VALID;
ALTER TABLE items VALIDATE CONSTRAINT price_is_positive;
ALTER TABLE events DETACH PARTITION events_may CONCURRENTLY;
UPDATE items SET price = price + 1;
DROP INDEX CONCURRENTLY items_old;
INSERT INTO log VALUES ('r2 ends');

-- migrate:irreversible it is a test
