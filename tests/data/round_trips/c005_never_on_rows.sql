-- Teams have a floor
--
-- revision: c005
-- down_revision: c004

-- migrate:upgrade
ALTER TABLE teams ADD COLUMN floor integer NOT NULL;

-- migrate:downgrade
ALTER TABLE teams DROP COLUMN floor;
