-- An index of a table in use, outside of a transaction
--
-- revision: s2_index
-- down_revision: s1_customers

-- migrate:upgrade
CREATE INDEX CONCURRENTLY ix_messages_created_at ON messages (created_at);

-- migrate:downgrade
DROP INDEX CONCURRENTLY ix_messages_created_at;
