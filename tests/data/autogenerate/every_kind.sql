-- A library's database with an object of every kind that the inspector reads.
CREATE SCHEMA library;
COMMENT ON SCHEMA library IS 'Books and who has them';
CREATE SCHEMA "Odd Names";
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA library;

CREATE TYPE library.genre AS ENUM ('novel', 'it''s poetry', 'a, b "c"', 'back\slash');
COMMENT ON TYPE library.genre IS 'What it is about';
CREATE DOMAIN library.isbn AS varchar(17) COLLATE "C" DEFAULT '' NOT NULL
  CONSTRAINT isbn_digits CHECK (VALUE ~ '^[0-9-]*$') CONSTRAINT isbn_length CHECK (length(VALUE) <= 17);
COMMENT ON DOMAIN library.isbn IS 'With its dashes';
CREATE TYPE library.place AS (aisle integer, shelf text COLLATE "C");
COMMENT ON COLUMN library.place.aisle IS 'From the door';
CREATE TYPE library.temperature AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE SEQUENCE library.tickets AS integer INCREMENT BY 5 START WITH 100 MINVALUE 10 MAXVALUE 100000 CACHE 3 CYCLE;
COMMENT ON SEQUENCE library.tickets IS 'Torn off at the desk';
CREATE UNLOGGED SEQUENCE counters;

CREATE FUNCTION library.slug(title text, glue text DEFAULT '-') RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN replace(lower(title), ' ', glue);
CREATE FUNCTION library.slug(title text, width integer) RETURNS text LANGUAGE sql IMMUTABLE
  AS $body$ SELECT left(library.slug(title), width); -- it's shortened; really $body$;
COMMENT ON FUNCTION library.slug(text, integer) IS 'A short one';
CREATE FUNCTION library.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed := now();
  RETURN NEW;
END
$$;
CREATE FUNCTION library.lend(INOUT book bigint, OUT until date) RETURNS record LANGUAGE plpgsql
  SECURITY DEFINER SET search_path TO 'library', 'pg_temp' AS $$ BEGIN until := current_date + 14; END $$;
CREATE PROCEDURE library.tidy(IN days integer DEFAULT 30) LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION library.longer(a text, b text) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN length(a) >= length(b) THEN a ELSE b END;
CREATE AGGREGATE library.longest(text) (SFUNC = library.longer, STYPE = text, INITCOND = '', PARALLEL = SAFE);
COMMENT ON AGGREGATE library.longest(text) IS 'By characters';

CREATE TABLE library.authors (
  id bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 10) PRIMARY KEY,
  name citext NOT NULL,
  born date,
  CONSTRAINT authors_name_born_key UNIQUE NULLS NOT DISTINCT (name, born)
);
COMMENT ON TABLE library.authors IS 'It''s they who write';
COMMENT ON COLUMN library.authors.name IS 'As on the cover';
COMMENT ON CONSTRAINT authors_name_born_key ON library.authors IS 'Nobody twice';

CREATE TABLE library.books (
  id serial,
  isbn library.isbn,
  title varchar(200) COLLATE "C" NOT NULL DEFAULT 'untitled',
  genre library.genre DEFAULT 'novel',
  genres library.genre[] DEFAULT '{}',
  author bigint NOT NULL,
  translator bigint,
  pages integer DEFAULT 2 * 50,
  price numeric(8,2),
  weight double precision DEFAULT 0.1,
  printed timestamp(3) with time zone DEFAULT now(),
  appeared timestamptz DEFAULT '2020-01-01 12:00:00+02',
  lending interval DEFAULT '1 mon 2 days',
  cover bytea DEFAULT '\x00ff',
  kept library.place,
  climate library.temperature,
  ticket integer DEFAULT nextval('library.tickets'),
  pages_twice integer GENERATED ALWAYS AS (pages * 2) STORED,
  text_body text COMPRESSION pglz,
  changed timestamptz,
  during tstzrange,
  CONSTRAINT books_pk PRIMARY KEY (id) INCLUDE (title),
  CONSTRAINT books_isbn_key UNIQUE (isbn) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT pages_positive CHECK (pages > 0) NO INHERIT,
  CONSTRAINT books_author_fkey FOREIGN KEY (author) REFERENCES library.authors ON DELETE CASCADE ON UPDATE RESTRICT,
  CONSTRAINT translated FOREIGN KEY (translator) REFERENCES library.authors (id) MATCH FULL ON DELETE SET NULL
    DEFERRABLE,
  CONSTRAINT not_twice EXCLUDE USING gist (during WITH &&) WHERE (price > 3)
) WITH (fillfactor = 80, autovacuum_enabled = off, toast.autovacuum_enabled = off);
ALTER TABLE library.books ADD CONSTRAINT price_known CHECK (price IS NOT NULL) NOT VALID;
ALTER TABLE library.books ALTER COLUMN title SET STATISTICS 500;
ALTER TABLE library.books ALTER COLUMN text_body SET STORAGE EXTERNAL;
ALTER TABLE library.books ALTER COLUMN pages SET (n_distinct = -0.5);
CREATE INDEX books_title ON library.books USING btree (lower(title) DESC, pages NULLS FIRST) INCLUDE (price)
  WITH (fillfactor = 70) WHERE pages > 1;
COMMENT ON INDEX library.books_title IS 'For the search box';
CREATE INDEX books_like ON library.books (title varchar_pattern_ops, genre DESC NULLS LAST);
CREATE INDEX books_trigrams ON library.books USING gin (text_body library.gin_trgm_ops) WITH (fastupdate = off);
CREATE UNIQUE INDEX books_once ON library.books (ticket) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX books_identity ON library.books (author, title);
ALTER TABLE library.books CLUSTER ON books_pk;
ALTER TABLE library.books REPLICA IDENTITY USING INDEX books_identity;
CREATE STATISTICS library.books_correlated (dependencies, mcv) ON author, genre FROM library.books;
ALTER STATISTICS library.books_correlated SET STATISTICS 50;
COMMENT ON STATISTICS library.books_correlated IS 'Authors stay with what they know';

CREATE SEQUENCE library.lists OWNED BY library.books.pages;
CREATE TABLE library.loans (at date NOT NULL, book integer REFERENCES library.books, who text, CHECK (who <> ''))
  PARTITION BY RANGE (at);
CREATE INDEX loans_who ON library.loans (who);
CREATE TABLE library.loans_2025 PARTITION OF library.loans FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE library.loans_rest PARTITION OF library.loans DEFAULT PARTITION BY LIST (who);
CREATE TABLE library.things (label text NOT NULL, CONSTRAINT labelled CHECK (label <> ''));
CREATE UNLOGGED TABLE library.toys (pieces integer) INHERITS (library.things);
CREATE TABLE library.places OF library.place (aisle WITH OPTIONS NOT NULL);
CREATE TABLE "Odd Names"."Order" ("Select" integer PRIMARY KEY, "a ""quoted"" one" text);
CREATE INDEX "An Index" ON "Odd Names"."Order" ("a ""quoted"" one");

CREATE VIEW library.long_books WITH (security_barrier = true, check_option = local) AS
  SELECT id, title, pages FROM library.books WHERE pages > 500;
COMMENT ON VIEW library.long_books IS 'For the holidays';
COMMENT ON COLUMN library.long_books.pages IS 'Many';
CREATE MATERIALIZED VIEW library.by_author AS SELECT author, count(*) AS books FROM library.books GROUP BY author
  WITH NO DATA;
CREATE UNIQUE INDEX by_author_author ON library.by_author (author);

CREATE TRIGGER touched BEFORE UPDATE OF title, pages ON library.books FOR EACH ROW
  WHEN (OLD.title IS DISTINCT FROM NEW.title) EXECUTE FUNCTION library.touch('a''b');
COMMENT ON TRIGGER touched ON library.books IS 'When it was changed';
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON library.books DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  EXECUTE FUNCTION library.touch();
ALTER TABLE library.books DISABLE TRIGGER later;
ALTER TABLE library.books ENABLE ROW LEVEL SECURITY;
ALTER TABLE library.books FORCE ROW LEVEL SECURITY;
CREATE POLICY cheap ON library.books AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (price < 10) WITH CHECK (price < 20);
COMMENT ON POLICY cheap ON library.books IS 'No dear ones';
CREATE RULE quiet AS ON DELETE TO library.things DO INSTEAD NOTHING;
COMMENT ON RULE quiet ON library.things IS 'They stay';
GRANT SELECT ON library.authors TO PUBLIC;
GRANT UPDATE (born) ON library.authors TO PUBLIC;
