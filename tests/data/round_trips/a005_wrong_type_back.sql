-- Count ages in more digits
--
-- revision: a005
-- down_revision: a004

-- migrate:upgrade
ALTER TABLE people ALTER COLUMN age TYPE bigint;

-- migrate:downgrade
ALTER TABLE people ALTER COLUMN age TYPE smallint;
