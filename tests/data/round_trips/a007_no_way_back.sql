-- Forget the notes
--
-- revision: a007
-- down_revision: a006

-- migrate:upgrade
TRUNCATE notes;

-- migrate:irreversible what the notes said is in no other table
