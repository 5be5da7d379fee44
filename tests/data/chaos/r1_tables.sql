-- Tables with rows
--
-- revision: r1
-- down_revision:

-- migrate:upgrade
CREATE TABLE log (line text NOT NULL);
INSERT INTO log VALUES ('r1 begins');
CREATE TABLE items (id integer PRIMARY KEY, code text NOT NULL, price numeric);
INSERT INTO items SELECT i, 'code ' || i, i FROM generate_series(1, 2000) i;
CREATE TABLE events (day date NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE events_may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
CREATE TABLE events_june PARTITION OF events FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');
INSERT INTO events SELECT date '2026-05-01' + i, 'note ' || i FROM generate_series(0, 59) i;
CREATE INDEX items_old ON items (price);
INSERT INTO log VALUES ('r1 ends');

-- migrate:irreversible it is a test
