-- Move to a place that is not there
--
-- revision: c006
-- down_revision: c005

-- migrate:upgrade
ALTER TABLE nowhere ADD COLUMN at text;

-- migrate:downgrade
ALTER TABLE nowhere DROP COLUMN at;
