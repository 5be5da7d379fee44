-- A transaction that CONCURRENTLY divides
--
-- revision: r3left
-- down_revision: r2

-- migrate:upgrade
INSERT INTO log VALUES ('r3left before');
ALTER TABLE items ADD COLUMN stock integer NOT NULL DEFAULT 0;
CREATE INDEX CONCURRENTLY items_stock ON items (stock);
INSERT INTO log VALUES ('r3left between');
UPDATE items SET stock = stock + 1 WHERE id <= 10;
REINDEX INDEX CONCURRENTLY items_stock;
INSERT INTO log VALUES ('r3left behind');

-- migrate:irreversible it is a test
