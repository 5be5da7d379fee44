-- Measure events
--
-- revision: d002
-- down_revision: d001

-- migrate:upgrade
ALTER TABLE events ADD COLUMN seen integer NOT NULL DEFAULT 0;
UPDATE events SET what = lower(what);

-- migrate:downgrade
ALTER TABLE events DROP COLUMN seen;
