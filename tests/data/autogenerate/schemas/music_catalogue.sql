-- An encyclopaedia of recorded music that anybody edits: artists, works, recordings, releases, places, edits and votes.
CREATE SCHEMA catalogue;
CREATE SCHEMA editing;
CREATE SCHEMA covers;
COMMENT ON SCHEMA covers IS 'Pictures of releases';

CREATE TYPE catalogue.artist_kind AS ENUM ('person', 'group', 'orchestra', 'choir', 'character');
CREATE TYPE catalogue.release_state AS ENUM ('official', 'promotion', 'bootleg', 'pseudo-release', 'withdrawn');
CREATE TYPE catalogue.partial_date AS (year smallint, month smallint, day smallint);
COMMENT ON TYPE catalogue.partial_date IS 'As much of a date as is known';
COMMENT ON COLUMN catalogue.partial_date.day IS 'Never without the month';
CREATE TYPE editing.edit_state AS ENUM ('open', 'applied', 'voted down', 'failed', 'cancelled');
CREATE TYPE editing.ballot AS ENUM ('yes', 'no', 'abstain');
CREATE TYPE covers.side AS ENUM ('front', 'back', 'booklet', 'medium', 'other');
CREATE DOMAIN catalogue.gid AS uuid DEFAULT gen_random_uuid() NOT NULL;
CREATE DOMAIN catalogue.short_text AS varchar(255) CONSTRAINT short_text_trimmed CHECK (VALUE = btrim(VALUE));
CREATE DOMAIN catalogue.isrc AS char(12) CONSTRAINT isrc_shape CHECK (VALUE ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$');
CREATE DOMAIN catalogue.barcode AS text CHECK (VALUE ~ '^[0-9]*$');
CREATE TYPE catalogue.duration_range AS RANGE (SUBTYPE = int4, SUBTYPE_DIFF = int4range_subdiff);

CREATE FUNCTION catalogue.date_text(given catalogue.partial_date) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN concat_ws('-', (given).year, lpad((given).month::text, 2, '0'), lpad((given).day::text, 2, '0'));
CREATE FUNCTION catalogue.date_value(given catalogue.partial_date) RETURNS date LANGUAGE sql IMMUTABLE
  AS $$ SELECT make_date((given).year, coalesce((given).month, 1), coalesce((given).day, 1)) $$;
CREATE FUNCTION catalogue.search_key(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN lower(regexp_replace(name, '[^[:alnum:]]+', '', 'g'));
CREATE FUNCTION catalogue.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.last_updated := now(); RETURN NEW; END
$$;
CREATE FUNCTION catalogue.keep_redirect() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO catalogue.redirect (gid, relation) VALUES (OLD.gid, TG_TABLE_NAME) ON CONFLICT DO NOTHING;
  RETURN OLD;
END
$$;
CREATE FUNCTION catalogue.end_if_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.ended).year IS NOT NULL THEN NEW.is_ended := true; END IF;
  RETURN NEW;
END
$$;

CREATE TABLE catalogue.redirect (
  gid uuid PRIMARY KEY,
  relation name NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE catalogue.area_kind (area_kind_id smallint PRIMARY KEY, name catalogue.short_text NOT NULL UNIQUE,
  parent_id smallint REFERENCES catalogue.area_kind);
CREATE TABLE catalogue.area (
  area_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  area_kind_id smallint REFERENCES catalogue.area_kind,
  parent_id integer REFERENCES catalogue.area ON DELETE SET NULL,
  begun catalogue.partial_date,
  ended catalogue.partial_date,
  is_ended boolean NOT NULL DEFAULT false,
  last_updated timestamptz DEFAULT now(),
  CONSTRAINT area_not_its_own_parent CHECK (parent_id <> area_id)
);
CREATE INDEX area_key ON catalogue.area (catalogue.search_key(name));
CREATE INDEX area_parent ON catalogue.area (parent_id);
CREATE TABLE catalogue.iso_code (area_id integer NOT NULL REFERENCES catalogue.area ON DELETE CASCADE, code char(2) PRIMARY KEY);
CREATE TABLE catalogue.gender (gender_id smallint PRIMARY KEY, name catalogue.short_text NOT NULL);
CREATE TABLE catalogue.language (language_id smallserial PRIMARY KEY, iso_code char(3) UNIQUE, name varchar(100) NOT NULL,
  frequency smallint NOT NULL DEFAULT 0);
CREATE TABLE catalogue.script (script_id smallserial PRIMARY KEY, iso_code char(4) NOT NULL UNIQUE, name varchar(100) NOT NULL);
CREATE TABLE catalogue.artist (
  artist_id serial PRIMARY KEY,
  gid catalogue.gid,
  name text NOT NULL,
  sort_name text NOT NULL,
  kind catalogue.artist_kind DEFAULT 'person',
  gender_id smallint REFERENCES catalogue.gender,
  area_id integer REFERENCES catalogue.area,
  begun_in integer REFERENCES catalogue.area,
  begun catalogue.partial_date,
  ended catalogue.partial_date,
  is_ended boolean NOT NULL DEFAULT false,
  remark catalogue.short_text NOT NULL DEFAULT '',
  last_updated timestamptz DEFAULT now(),
  CONSTRAINT artist_gid UNIQUE (gid),
  CONSTRAINT artist_group_has_no_gender CHECK (gender_id IS NULL OR kind IN ('person', 'character')),
  CONSTRAINT artist_name_once UNIQUE NULLS NOT DISTINCT (name, remark)
);
CREATE INDEX artist_sort_name ON catalogue.artist (sort_name COLLATE "C");
CREATE INDEX artist_key ON catalogue.artist (catalogue.search_key(name), kind);
CREATE INDEX artist_words ON catalogue.artist USING gin (to_tsvector('simple'::regconfig, name));
CREATE INDEX artist_area ON catalogue.artist (area_id);
CREATE INDEX artist_begun_in ON catalogue.artist (begun_in) WHERE begun_in IS NOT NULL;
COMMENT ON COLUMN catalogue.artist.remark IS 'Tells artists of the same name apart';
CREATE TABLE catalogue.artist_alias (
  alias_id serial,
  artist_id integer NOT NULL REFERENCES catalogue.artist ON DELETE CASCADE,
  name text NOT NULL,
  locale text,
  is_main boolean NOT NULL DEFAULT false,
  CONSTRAINT artist_alias_pk PRIMARY KEY (alias_id),
  CONSTRAINT artist_alias_main CHECK (NOT is_main OR locale IS NOT NULL)
);
CREATE UNIQUE INDEX artist_alias_one_main ON catalogue.artist_alias (artist_id, locale) WHERE is_main;
CREATE TABLE catalogue.credit (
  credit_id serial PRIMARY KEY,
  name text NOT NULL,
  artists smallint NOT NULL CHECK (artists > 0)
);
CREATE TABLE catalogue.credit_name (
  credit_id integer REFERENCES catalogue.credit ON DELETE CASCADE,
  place smallint,
  artist_id integer NOT NULL REFERENCES catalogue.artist ON DELETE CASCADE,
  name text NOT NULL,
  joined_by text NOT NULL DEFAULT '',
  PRIMARY KEY (credit_id, place)
);
CREATE INDEX credit_name_artist ON catalogue.credit_name (artist_id);
CREATE TABLE catalogue.venue (
  venue_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  address text NOT NULL DEFAULT '',
  area_id integer REFERENCES catalogue.area,
  coordinates point,
  CONSTRAINT venue_on_earth CHECK (coordinates[0] BETWEEN -90 AND 90 AND coordinates[1] BETWEEN -180 AND 180)
);
CREATE INDEX venue_coordinates ON catalogue.venue USING gist (coordinates) WHERE coordinates IS NOT NULL;
CREATE TABLE catalogue.imprint (
  imprint_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  label_code integer CONSTRAINT imprint_label_code CHECK (label_code > 0 AND label_code < 1000000),
  area_id integer REFERENCES catalogue.area,
  begun catalogue.partial_date,
  ended catalogue.partial_date,
  is_ended boolean NOT NULL DEFAULT false,
  last_updated timestamptz DEFAULT now()
);
CREATE INDEX imprint_label_code ON catalogue.imprint USING hash (label_code);
CREATE TABLE catalogue.work_kind (work_kind_id smallint PRIMARY KEY, name catalogue.short_text NOT NULL);
CREATE TABLE catalogue.work (
  work_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  work_kind_id smallint REFERENCES catalogue.work_kind,
  remark catalogue.short_text NOT NULL DEFAULT '',
  last_updated timestamptz DEFAULT now()
);
CREATE INDEX work_key ON catalogue.work (catalogue.search_key(name));
CREATE TABLE catalogue.work_language (work_id integer REFERENCES catalogue.work ON DELETE CASCADE,
  language_id smallint REFERENCES catalogue.language, PRIMARY KEY (work_id, language_id));
CREATE TABLE catalogue.recording (
  recording_id bigserial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  credit_id integer NOT NULL REFERENCES catalogue.credit,
  length integer CHECK (length IS NULL OR length > 0),
  is_video boolean NOT NULL DEFAULT false,
  last_updated timestamptz DEFAULT now()
) WITH (fillfactor = 90);
CREATE INDEX recording_credit ON catalogue.recording (credit_id);
CREATE INDEX recording_key ON catalogue.recording (catalogue.search_key(name) DESC NULLS LAST);
CREATE TABLE catalogue.recording_isrc (recording_id bigint NOT NULL REFERENCES catalogue.recording ON DELETE CASCADE,
  isrc catalogue.isrc NOT NULL, source smallint, CONSTRAINT recording_isrc_once UNIQUE (isrc, recording_id));
CREATE TABLE catalogue.performance (
  recording_id bigint REFERENCES catalogue.recording ON DELETE CASCADE,
  work_id integer REFERENCES catalogue.work ON DELETE CASCADE,
  venue_id integer REFERENCES catalogue.venue ON DELETE SET NULL,
  live boolean NOT NULL DEFAULT false,
  at catalogue.partial_date,
  PRIMARY KEY (recording_id, work_id)
);
CREATE INDEX performance_work ON catalogue.performance (work_id);
CREATE TABLE catalogue.release_group (
  release_group_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  credit_id integer NOT NULL REFERENCES catalogue.credit,
  kinds text[] NOT NULL DEFAULT '{}'::text[],
  last_updated timestamptz DEFAULT now()
);
CREATE INDEX release_group_credit ON catalogue.release_group (credit_id);
CREATE INDEX release_group_kinds ON catalogue.release_group USING gin (kinds);
CREATE TABLE catalogue.release (
  release_id serial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  name text NOT NULL,
  credit_id integer NOT NULL REFERENCES catalogue.credit,
  release_group_id integer NOT NULL REFERENCES catalogue.release_group,
  state catalogue.release_state,
  language_id smallint REFERENCES catalogue.language,
  script_id smallint REFERENCES catalogue.script,
  barcode catalogue.barcode,
  quality smallint NOT NULL DEFAULT -1,
  last_updated timestamptz DEFAULT now(),
  CONSTRAINT release_quality CHECK (quality BETWEEN -1 AND 2)
);
CREATE INDEX release_group_of ON catalogue.release (release_group_id);
CREATE INDEX release_credit ON catalogue.release (credit_id);
CREATE INDEX release_barcode ON catalogue.release (barcode) WHERE barcode <> '';
CREATE STATISTICS catalogue.release_words (dependencies) ON language_id, script_id FROM catalogue.release;
CREATE TABLE catalogue.release_event (
  release_id integer REFERENCES catalogue.release ON DELETE CASCADE,
  area_id integer REFERENCES catalogue.area,
  at catalogue.partial_date,
  PRIMARY KEY (release_id, area_id)
);
CREATE TABLE catalogue.release_imprint (
  release_id integer NOT NULL REFERENCES catalogue.release ON DELETE CASCADE,
  imprint_id integer REFERENCES catalogue.imprint,
  number catalogue.short_text,
  UNIQUE (release_id, imprint_id, number)
);
CREATE TABLE catalogue.medium (
  medium_id serial PRIMARY KEY,
  release_id integer NOT NULL REFERENCES catalogue.release ON DELETE CASCADE,
  place integer NOT NULL CHECK (place > 0),
  format varchar(100),
  tracks smallint NOT NULL DEFAULT 0,
  CONSTRAINT medium_place UNIQUE (release_id, place) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE catalogue.track (
  track_id bigserial PRIMARY KEY,
  gid catalogue.gid UNIQUE,
  recording_id bigint NOT NULL REFERENCES catalogue.recording,
  medium_id integer NOT NULL REFERENCES catalogue.medium ON DELETE CASCADE,
  place integer NOT NULL,
  number text NOT NULL,
  name text NOT NULL,
  credit_id integer NOT NULL REFERENCES catalogue.credit,
  length integer CHECK (length > 0),
  seconds numeric GENERATED ALWAYS AS (round(length / 1000.0, 1)) STORED,
  CONSTRAINT track_place UNIQUE (medium_id, place) DEFERRABLE
);
CREATE INDEX track_recording ON catalogue.track (recording_id) INCLUDE (medium_id);
CREATE TABLE catalogue.disc_toc (
  toc_id serial PRIMARY KEY,
  discid char(28) COLLATE "C" NOT NULL UNIQUE,
  tracks integer NOT NULL,
  leadout integer NOT NULL,
  offsets integer[] NOT NULL,
  length catalogue.duration_range,
  CONSTRAINT disc_toc_offsets CHECK (cardinality(offsets) = tracks)
);
CREATE INDEX disc_toc_length ON catalogue.disc_toc USING gist (length);
CREATE TABLE catalogue.medium_toc (medium_id integer REFERENCES catalogue.medium ON DELETE CASCADE,
  toc_id integer REFERENCES catalogue.disc_toc, PRIMARY KEY (medium_id, toc_id));
CREATE TABLE catalogue.link_kind (link_kind_id serial PRIMARY KEY, parent_id integer REFERENCES catalogue.link_kind,
  from_relation name NOT NULL, to_relation name NOT NULL, phrase text NOT NULL, is_deprecated boolean NOT NULL DEFAULT false);
CREATE TABLE catalogue.link (link_id bigserial, link_kind_id integer NOT NULL REFERENCES catalogue.link_kind,
  from_gid uuid NOT NULL, to_gid uuid NOT NULL, place integer NOT NULL DEFAULT 0 CHECK (place >= 0), credit text NOT NULL DEFAULT '',
  PRIMARY KEY (link_id, from_gid)) PARTITION BY HASH (from_gid);
CREATE TABLE catalogue.link_0 PARTITION OF catalogue.link FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE catalogue.link_1 PARTITION OF catalogue.link FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE catalogue.link_2 PARTITION OF catalogue.link FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE INDEX link_to ON catalogue.link (to_gid);

CREATE TABLE editing.editor (
  editor_id serial PRIMARY KEY,
  name varchar(64) NOT NULL,
  rights bit varying(32) NOT NULL DEFAULT B'0',
  email text,
  joined timestamptz DEFAULT now(),
  birthday date,
  is_deleted boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX editor_name ON editing.editor (lower(name::text));
CREATE TABLE editing.edit (
  edit_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  editor_id integer NOT NULL REFERENCES editing.editor,
  kind smallint NOT NULL,
  state editing.edit_state NOT NULL DEFAULT 'open',
  opened timestamptz NOT NULL DEFAULT now(),
  closed timestamptz,
  expires timestamptz NOT NULL DEFAULT now() + INTERVAL '7 days',
  data jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT edit_closed CHECK ((state = 'open') = (closed IS NULL))
);
CREATE INDEX edit_open ON editing.edit (expires) WHERE state = 'open'::editing.edit_state;
CREATE INDEX edit_editor ON editing.edit (editor_id, edit_id DESC);
CREATE INDEX edit_opened ON editing.edit USING brin (opened);
CREATE INDEX edit_data ON editing.edit USING gin (data jsonb_path_ops);
ALTER TABLE editing.edit CLUSTER ON edit_editor;
CREATE TABLE editing.note (note_id bigserial PRIMARY KEY, edit_id bigint NOT NULL REFERENCES editing.edit ON DELETE CASCADE,
  editor_id integer NOT NULL REFERENCES editing.editor, body text NOT NULL, at timestamptz DEFAULT now());
CREATE INDEX note_edit ON editing.note (edit_id);
CREATE TABLE editing.vote (
  vote_id bigserial PRIMARY KEY,
  edit_id bigint NOT NULL REFERENCES editing.edit ON DELETE CASCADE,
  editor_id integer NOT NULL REFERENCES editing.editor,
  ballot editing.ballot NOT NULL,
  superseded boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX vote_in_force ON editing.vote (edit_id, editor_id) WHERE NOT superseded;
CREATE TABLE editing.rating (artist_id integer REFERENCES catalogue.artist ON DELETE CASCADE,
  editor_id integer REFERENCES editing.editor ON DELETE CASCADE, stars smallint NOT NULL CHECK (stars BETWEEN 0 AND 100),
  PRIMARY KEY (artist_id, editor_id));
CREATE TABLE editing.collection (collection_id serial PRIMARY KEY, editor_id integer REFERENCES editing.editor,
  name text NOT NULL, is_public boolean NOT NULL DEFAULT false, description text NOT NULL DEFAULT '');
CREATE TABLE editing.collected (collection_id integer REFERENCES editing.collection ON DELETE CASCADE,
  release_id integer REFERENCES catalogue.release ON DELETE CASCADE, place integer NOT NULL DEFAULT 0,
  PRIMARY KEY (collection_id, release_id));
CREATE TABLE covers.picture (
  picture_id bigint PRIMARY KEY,
  release_id integer NOT NULL REFERENCES catalogue.release ON DELETE CASCADE,
  edit_id bigint NOT NULL REFERENCES editing.edit,
  sides covers.side[] NOT NULL DEFAULT '{front}',
  comment text NOT NULL DEFAULT '',
  mime text NOT NULL CHECK (mime LIKE 'image/%'),
  ordering integer NOT NULL CHECK (ordering > 0),
  thumbnail bytea
);
CREATE INDEX picture_release ON covers.picture (release_id, ordering);
ALTER TABLE covers.picture ALTER COLUMN thumbnail SET STORAGE EXTERNAL;

CREATE VIEW catalogue.artist_card AS
  SELECT a.artist_id, a.gid, a.name, a.kind, catalogue.date_text(a.begun) AS begun, ar.name AS area
  FROM catalogue.artist a LEFT JOIN catalogue.area ar USING (area_id);
CREATE VIEW catalogue.release_card AS
  SELECT r.release_id, r.name, c.name AS credit, g.kinds, r.state, count(m.medium_id) AS media, sum(m.tracks) AS tracks
  FROM catalogue.release r JOIN catalogue.credit c USING (credit_id) JOIN catalogue.release_group g USING (release_group_id)
  LEFT JOIN catalogue.medium m USING (release_id) GROUP BY r.release_id, c.name, g.release_group_id;
CREATE VIEW catalogue.official_release AS
  SELECT * FROM catalogue.release_card WHERE state = 'official'::catalogue.release_state;
CREATE VIEW catalogue.first_release AS
  SELECT DISTINCT ON (r.release_group_id) r.release_group_id, r.release_id, catalogue.date_value(e.at) AS at
  FROM catalogue.release r JOIN catalogue.release_event e USING (release_id)
  ORDER BY r.release_group_id, catalogue.date_value(e.at);
CREATE VIEW editing.open_edit AS
  SELECT e.edit_id, e.kind, ed.name AS editor, sum(CASE v.ballot WHEN 'yes' THEN 1 WHEN 'no' THEN -1 ELSE 0 END) AS score
  FROM editing.edit e JOIN editing.editor ed USING (editor_id) LEFT JOIN editing.vote v ON v.edit_id = e.edit_id AND NOT v.superseded
  WHERE e.state = 'open' GROUP BY e.edit_id, ed.name;
CREATE VIEW covers.front AS
  SELECT release_id, min(picture_id) AS picture_id FROM covers.picture WHERE 'front' = ANY (sides) GROUP BY release_id;
CREATE MATERIALIZED VIEW editing.artist_rating AS
  SELECT artist_id, avg(stars)::numeric(5,2) AS stars, count(*) AS ratings FROM editing.rating GROUP BY artist_id;
CREATE UNIQUE INDEX artist_rating_artist ON editing.artist_rating (artist_id);
CREATE INDEX artist_rating_best ON editing.artist_rating (stars DESC) WHERE ratings > 10;
CREATE FUNCTION catalogue.tracks_of(which integer) RETURNS SETOF catalogue.track LANGUAGE sql STABLE
  RETURN (SELECT t FROM catalogue.track t JOIN catalogue.medium m USING (medium_id) WHERE m.release_id = which LIMIT 1);
CREATE FUNCTION catalogue.length_of(which integer) RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT sum(t.length) FROM catalogue.track t JOIN catalogue.medium m USING (medium_id) WHERE m.release_id = which;
END;
CREATE FUNCTION editing.may_vote(who editing.editor) RETURNS boolean LANGUAGE sql STABLE
  AS $$ SELECT NOT who.is_deleted AND who.joined < now() - INTERVAL '2 weeks' $$;
CREATE PROCEDURE editing.close_expired() LANGUAGE sql AS $$
  UPDATE editing.edit SET state = 'applied', closed = now() WHERE state = 'open' AND expires < now()
$$;
CREATE TRIGGER artist_touch BEFORE UPDATE ON catalogue.artist FOR EACH ROW EXECUTE FUNCTION catalogue.touch();
CREATE TRIGGER artist_ended BEFORE INSERT OR UPDATE ON catalogue.artist FOR EACH ROW EXECUTE FUNCTION catalogue.end_if_ended();
CREATE TRIGGER artist_gone AFTER DELETE ON catalogue.artist FOR EACH ROW EXECUTE FUNCTION catalogue.keep_redirect();
CREATE TRIGGER area_touch BEFORE UPDATE ON catalogue.area FOR EACH ROW EXECUTE FUNCTION catalogue.touch();
CREATE TRIGGER area_ended BEFORE INSERT OR UPDATE OF ended ON catalogue.area FOR EACH ROW EXECUTE FUNCTION catalogue.end_if_ended();
CREATE TRIGGER recording_touch BEFORE UPDATE ON catalogue.recording FOR EACH ROW EXECUTE FUNCTION catalogue.touch();
CREATE TRIGGER release_touch BEFORE UPDATE ON catalogue.release FOR EACH ROW EXECUTE FUNCTION catalogue.touch();
CREATE TRIGGER release_gone AFTER DELETE ON catalogue.release FOR EACH ROW EXECUTE FUNCTION catalogue.keep_redirect();
CREATE TRIGGER work_touch BEFORE UPDATE ON catalogue.work FOR EACH ROW EXECUTE FUNCTION catalogue.touch();
ALTER TABLE editing.collection ENABLE ROW LEVEL SECURITY;
CREATE POLICY collection_readable ON editing.collection FOR SELECT USING (is_public);
CREATE RULE redirect_stays AS ON DELETE TO catalogue.redirect DO INSTEAD NOTHING;
