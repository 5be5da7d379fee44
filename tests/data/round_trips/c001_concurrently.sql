-- Find people by the day they joined
--
-- revision: c001
-- down_revision: b003
-- transactional: false

-- migrate:upgrade
CREATE INDEX CONCURRENTLY ix_people_joined ON people (joined);

-- migrate:downgrade
DROP INDEX CONCURRENTLY ix_people_joined;
