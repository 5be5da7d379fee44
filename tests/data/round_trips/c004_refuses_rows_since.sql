-- Emails are optional
--
-- revision: c004
-- down_revision: c003

-- migrate:upgrade
ALTER TABLE people ALTER COLUMN email DROP NOT NULL;

-- migrate:downgrade
ALTER TABLE people ALTER COLUMN email SET NOT NULL;
