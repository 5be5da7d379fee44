-- Create people and what belongs to them
--
-- revision: a001

-- migrate:upgrade
CREATE TYPE mood AS ENUM ('calm', 'upset');
CREATE DOMAIN postcode AS text CHECK (VALUE ~ '^[A-Z]{1,2}[0-9] [0-9][A-Z]{2}$');
CREATE TABLE teams (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code char(3) NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{3}$'),
  parent_id integer REFERENCES teams
);
CREATE TABLE people (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  team_id integer NOT NULL REFERENCES teams,
  email varchar(120) NOT NULL UNIQUE CHECK (position('@' in email) > 1),
  nickname text,
  age integer CHECK (age BETWEEN 18 AND 120),
  state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'active', 'gone')),
  mood mood NOT NULL DEFAULT 'calm',
  home postcode,
  balance numeric(8, 2) NOT NULL DEFAULT 0 CHECK (balance >= 0),
  tags text[] NOT NULL DEFAULT '{}',
  settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
  joined date,
  parted date,
  name_length integer GENERATED ALWAYS AS (length(nickname)) STORED,
  CHECK (parted > joined),
  CHECK (num_nonnulls(nickname, home) >= 1)
);
CREATE INDEX ix_people_nickname ON people (nickname);
CREATE TABLE notes (
  person_id uuid REFERENCES people,
  at timestamptz,
  body text NOT NULL,
  PRIMARY KEY (person_id, at)
);

-- migrate:downgrade
DROP TABLE notes, people, teams;
DROP DOMAIN postcode;
DROP TYPE mood;
