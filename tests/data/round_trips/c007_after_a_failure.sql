-- Stand on what fails
--
-- revision: c007
-- down_revision: c006

-- migrate:upgrade
CREATE TABLE places (id integer PRIMARY KEY);

-- migrate:downgrade
DROP TABLE places;
