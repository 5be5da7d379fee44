-- Keep phones
--
-- revision: a006
-- down_revision: a005

-- migrate:upgrade
CREATE TABLE phones (number text PRIMARY KEY);

-- migrate:downgrade
DROP TABLE phone;
