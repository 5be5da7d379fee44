-- Begin a branch of its own
--
-- revision: d001
-- branch_labels: own

-- migrate:upgrade
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE puzzles (n integer NOT NULL CHECK (n * n * n - 6 * n * n + 11 * n = 987654321));

-- migrate:downgrade
DROP TABLE events, puzzles;
