-- Add moods to come
--
-- revision: b002
-- down_revision: a007
-- depends_on: b001

-- migrate:upgrade
ALTER TABLE teams ADD CONSTRAINT teams_colour CHECK (colour <> 'invisible');

-- migrate:downgrade
ALTER TABLE teams DROP CONSTRAINT teams_colour;
