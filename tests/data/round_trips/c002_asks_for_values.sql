-- Everybody has joined some day
--
-- revision: c002
-- down_revision: c001

-- migrate:upgrade
ALTER TABLE people ALTER COLUMN joined SET NOT NULL;

-- migrate:downgrade
ALTER TABLE people ALTER COLUMN joined DROP NOT NULL;
