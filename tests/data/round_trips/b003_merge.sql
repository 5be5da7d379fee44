-- Join colours and moods
--
-- revision: b003
-- down_revision: b001, b002

-- migrate:upgrade

-- migrate:downgrade
