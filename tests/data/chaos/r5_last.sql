-- The last one
--
-- revision: r5
-- down_revision: r4

-- migrate:upgrade
ALTER TABLE items ALTER COLUMN label SET DEFAULT 'none';
INSERT INTO log VALUES ('r5');

-- migrate:irreversible it is a test
