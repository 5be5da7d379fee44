-- Do without moods
--
-- revision: a004
-- down_revision: a003

-- migrate:upgrade
ALTER TABLE people DROP COLUMN mood;

-- migrate:downgrade
-- migrate:loses the moods of people, which nobody may keep any more
ALTER TABLE people ADD COLUMN mood mood NOT NULL DEFAULT 'calm';
