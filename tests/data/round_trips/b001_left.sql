-- Add a colour to teams
--
-- revision: b001
-- down_revision: a007

-- migrate:upgrade
ALTER TABLE teams ADD COLUMN colour text;

-- migrate:downgrade
ALTER TABLE teams DROP COLUMN colour;
