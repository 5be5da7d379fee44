-- Do without the bodies of notes
--
-- revision: a003
-- down_revision: a002

-- migrate:upgrade
ALTER TABLE notes DROP COLUMN body;

-- migrate:downgrade
ALTER TABLE notes ADD COLUMN body text NOT NULL DEFAULT '';
ALTER TABLE notes ALTER COLUMN body DROP DEFAULT;
