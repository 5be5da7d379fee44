-- Both branches in one
--
-- revision: r4
-- down_revision: r3left, r3right

-- migrate:upgrade
INSERT INTO log VALUES ('r4');
CREATE VIEW dear_items AS SELECT id, code FROM items WHERE price > 1000;

-- migrate:irreversible it is a test
