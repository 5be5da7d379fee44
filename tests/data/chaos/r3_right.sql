-- One transaction, with rows that the client sends
--
-- revision: r3right
-- down_revision: r2

-- migrate:upgrade
INSERT INTO log VALUES ('r3right begins');
ALTER TABLE items ADD COLUMN label text;
COPY items (id, code, price) FROM stdin;
3001	copied 1	1
3002	copied 2	2
3003	copied 3	3
\.
UPDATE items SET price = price * 2 WHERE id < 100;
INSERT INTO log VALUES ('r3right ends');

-- migrate:irreversible it is a test
