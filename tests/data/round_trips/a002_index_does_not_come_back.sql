-- Make nicknames quick to find in small letters
--
-- revision: a002
-- down_revision: a001

-- migrate:upgrade
DROP INDEX ix_people_nickname;
CREATE INDEX ix_people_lower_nickname ON people (lower(nickname));

-- migrate:downgrade
DROP INDEX ix_people_lower_nickname;
