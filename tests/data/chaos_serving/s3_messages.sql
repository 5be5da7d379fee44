-- The other table in use
--
-- revision: s3_messages
-- down_revision: s2_index

-- migrate:upgrade
ALTER TABLE messages ADD COLUMN translated text;
ALTER TABLE messages ALTER COLUMN content TYPE varchar(30000);

-- migrate:downgrade
ALTER TABLE messages ALTER COLUMN content TYPE text;
ALTER TABLE messages DROP COLUMN translated;
