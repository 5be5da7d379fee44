-- People can be cheerful
--
-- revision: c003
-- down_revision: c002
-- transactional: false

-- migrate:upgrade
ALTER TYPE mood ADD VALUE 'cheerful';

-- migrate:downgrade
DROP TYPE mood;
CREATE TYPE mood AS ENUM ('calm', 'upset');
