-- A wholesaler of records, sheet music and tea: suppliers, products, orders, and a catalogue of tracks that are sold singly.
CREATE TYPE order_state AS ENUM ('draft', 'placed', 'packed', 'sent', 'returned', 'paid');
CREATE TYPE measure AS ENUM ('piece', 'box', 'kilogram', 'licence');
CREATE DOMAIN unit_price AS numeric(10,2) CHECK (VALUE >= 0);
CREATE DOMAIN discount_rate AS real DEFAULT 0 NOT NULL CONSTRAINT discount_rate_is_share CHECK (VALUE >= 0 AND VALUE <= 1);
CREATE DOMAIN country_name AS varchar(40);
CREATE TYPE address AS (street text, town text, region text, postcode text, country text);
COMMENT ON TYPE address IS 'As printed on a parcel';

CREATE FUNCTION line_total(price numeric, amount integer, discount real) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN round(price * amount * (1 - discount)::numeric, 2);
CREATE FUNCTION initials(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
  AS $$ SELECT string_agg(left(word, 1), '') FROM regexp_split_to_table(name, '\s+') AS word $$;
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $body$
BEGIN
  INSERT INTO change_log (relation, key, what, old_row, new_row)
  VALUES (TG_TABLE_NAME, coalesce(TG_ARGV[0], '?'), TG_OP,
          CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
  RETURN NULL;
END
$body$;

CREATE UNLOGGED TABLE change_log (
  entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  relation name NOT NULL,
  key text NOT NULL,
  what varchar(10) NOT NULL CHECK (what IN ('INSERT', 'UPDATE', 'DELETE')),
  old_row jsonb,
  new_row jsonb,
  at timestamp with time zone NOT NULL DEFAULT now()
) WITH (autovacuum_enabled = off);
CREATE INDEX change_log_at ON change_log USING brin (at);
CREATE INDEX change_log_rows ON change_log USING gin (new_row jsonb_path_ops);

CREATE TABLE region (
  region_id smallint PRIMARY KEY,
  description varchar(60) NOT NULL UNIQUE
);
CREATE TABLE territory (
  territory_code varchar(20) PRIMARY KEY,
  description varchar(60) NOT NULL,
  region_id smallint NOT NULL REFERENCES region
);
CREATE INDEX territory_region ON territory (region_id);
CREATE TABLE staff (
  staff_id serial PRIMARY KEY,
  last_name varchar(30) NOT NULL,
  first_name varchar(20) NOT NULL,
  title varchar(40),
  courtesy varchar(10) CHECK (courtesy IN ('Dr', 'Mr', 'Ms', 'Mx')),
  born date,
  hired date,
  home address,
  extension varchar(4),
  photo bytea,
  notes text,
  reports_to integer,
  salary numeric(9,2) NOT NULL DEFAULT 0,
  CONSTRAINT staff_boss FOREIGN KEY (reports_to) REFERENCES staff ON DELETE SET NULL,
  CONSTRAINT staff_not_own_boss CHECK (reports_to <> staff_id),
  CONSTRAINT staff_hired_grown CHECK (hired > born)
);
CREATE INDEX staff_last_name ON staff (last_name);
CREATE INDEX staff_reports_to ON staff (reports_to);
COMMENT ON COLUMN staff.extension IS 'Of the house''s telephone';
ALTER TABLE staff ALTER COLUMN photo SET STORAGE EXTERNAL;
CREATE TABLE staff_territory (
  staff_id integer REFERENCES staff ON DELETE CASCADE,
  territory_code varchar(20) REFERENCES territory ON UPDATE CASCADE,
  CONSTRAINT pk_staff_territory PRIMARY KEY (staff_id, territory_code)
);
CREATE TABLE supplier (
  supplier_id serial PRIMARY KEY,
  company varchar(60) NOT NULL,
  contact varchar(40),
  contact_title varchar(40),
  place address,
  phone varchar(24),
  fax varchar(24),
  homepage text
);
CREATE INDEX supplier_company ON supplier (company varchar_pattern_ops);
CREATE INDEX supplier_country ON supplier (((place).country));
CREATE TABLE category (
  category_id smallserial PRIMARY KEY,
  label varchar(24) NOT NULL,
  description text,
  picture bytea,
  CONSTRAINT category_label_key UNIQUE (label)
);
CREATE TABLE product (
  product_id serial PRIMARY KEY,
  label varchar(60) NOT NULL,
  supplier_id integer REFERENCES supplier ON DELETE SET NULL,
  category_id smallint REFERENCES category,
  sold_by measure NOT NULL DEFAULT 'piece',
  package varchar(40),
  price unit_price DEFAULT 0,
  in_stock smallint NOT NULL DEFAULT 0,
  on_order smallint NOT NULL DEFAULT 0,
  reorder_at smallint NOT NULL DEFAULT 0,
  discontinued boolean NOT NULL DEFAULT false,
  CONSTRAINT product_stock CHECK (in_stock >= 0),
  CONSTRAINT product_on_order CHECK (on_order >= 0)
) WITH (fillfactor = 85);
COMMENT ON TABLE product IS 'Everything in the warehouse, records and tea alike';
CREATE INDEX product_category ON product (category_id);
CREATE INDEX product_supplier ON product (supplier_id);
CREATE INDEX product_label ON product (lower(label));
CREATE INDEX product_to_reorder ON product (product_id) WHERE in_stock <= reorder_at AND NOT discontinued;
CREATE TABLE customer (
  customer_code char(5) PRIMARY KEY,
  company varchar(60) NOT NULL,
  contact varchar(40),
  place address,
  country country_name,
  phone varchar(24),
  credit numeric(10,2) NOT NULL DEFAULT 0,
  agent_id integer REFERENCES staff ON DELETE SET NULL,
  CONSTRAINT customer_code_capitals CHECK (customer_code = upper(customer_code))
);
CREATE INDEX customer_company ON customer (company);
CREATE INDEX customer_country ON customer (country, company DESC NULLS LAST);
CREATE INDEX customer_agent ON customer USING hash (agent_id);
CREATE TABLE customer_group (
  group_code char(10) PRIMARY KEY,
  description text
);
CREATE TABLE customer_in_group (
  customer_code char(5) NOT NULL REFERENCES customer ON UPDATE CASCADE ON DELETE CASCADE,
  group_code char(10) NOT NULL REFERENCES customer_group ON DELETE CASCADE,
  PRIMARY KEY (customer_code, group_code)
);
CREATE TABLE shipper (
  shipper_id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  company varchar(60) NOT NULL,
  phone varchar(24)
);
CREATE TABLE purchase (
  purchase_id integer GENERATED BY DEFAULT AS IDENTITY (START WITH 10000) PRIMARY KEY,
  customer_code char(5) REFERENCES customer ON UPDATE CASCADE,
  staff_id integer REFERENCES staff,
  state order_state NOT NULL DEFAULT 'draft',
  ordered date DEFAULT CURRENT_DATE,
  required date,
  shipped date,
  shipper_id smallint REFERENCES shipper,
  freight numeric(8,2) DEFAULT 0 CHECK (freight >= 0),
  ship_to address,
  history order_state[] NOT NULL DEFAULT ARRAY['draft'::order_state],
  CONSTRAINT purchase_dates CHECK (shipped >= ordered),
  CONSTRAINT purchase_sent_has_date CHECK (state <> 'sent' OR shipped IS NOT NULL)
);
CREATE INDEX purchase_customer ON purchase (customer_code);
CREATE INDEX purchase_staff ON purchase (staff_id);
CREATE INDEX purchase_open ON purchase (state, ordered) WHERE state IN ('placed', 'packed');
CREATE INDEX purchase_shipped ON purchase (shipped DESC NULLS LAST);
CREATE TABLE purchase_line (
  purchase_id integer REFERENCES purchase ON DELETE CASCADE,
  product_id integer REFERENCES product,
  price unit_price NOT NULL DEFAULT 0,
  amount smallint NOT NULL DEFAULT 1 CONSTRAINT purchase_line_amount CHECK (amount > 0),
  discount discount_rate,
  total numeric(12,2) GENERATED ALWAYS AS (line_total(price::numeric, amount::integer, discount::real)) STORED,
  PRIMARY KEY (purchase_id, product_id) INCLUDE (amount)
);
CREATE INDEX purchase_line_product ON purchase_line (product_id);

CREATE TABLE performer (
  performer_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name varchar(120) NOT NULL,
  short text GENERATED ALWAYS AS (initials(name::text)) STORED
);
CREATE TABLE record (
  record_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  title varchar(160) NOT NULL,
  performer_id integer NOT NULL REFERENCES performer,
  product_id integer REFERENCES product ON DELETE SET NULL
);
CREATE INDEX record_performer ON record (performer_id);
CREATE TABLE style (
  style_id smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name varchar(120)
);
CREATE TABLE file_format (
  format_id smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name varchar(120) UNIQUE
);
CREATE TABLE track (
  track_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name varchar(200) NOT NULL,
  record_id integer REFERENCES record ON DELETE CASCADE,
  format_id smallint NOT NULL REFERENCES file_format,
  style_id smallint REFERENCES style,
  composer varchar(220),
  milliseconds integer NOT NULL CHECK (milliseconds > 0),
  bytes bigint,
  price unit_price NOT NULL
);
CREATE INDEX track_record ON track (record_id);
CREATE INDEX track_style ON track (style_id);
CREATE INDEX track_format ON track (format_id);
CREATE STATISTICS track_size (mcv) ON style_id, format_id FROM track;
CREATE TABLE playlist (
  playlist_id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  name varchar(120),
  owner_code char(5) REFERENCES customer ON DELETE CASCADE
);
CREATE TABLE playlist_track (
  playlist_id integer REFERENCES playlist ON DELETE CASCADE,
  track_id integer REFERENCES track ON DELETE CASCADE,
  place integer NOT NULL,
  PRIMARY KEY (playlist_id, track_id),
  CONSTRAINT playlist_track_place UNIQUE (playlist_id, place) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX playlist_track_track ON playlist_track (track_id);
CREATE TABLE download_invoice (
  invoice_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  customer_code char(5) NOT NULL REFERENCES customer,
  dated timestamp NOT NULL,
  billed_to address,
  total numeric(10,2) NOT NULL
);
CREATE TABLE download_invoice_line (
  line_id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  invoice_id bigint NOT NULL REFERENCES download_invoice ON DELETE CASCADE,
  track_id integer NOT NULL REFERENCES track,
  price unit_price NOT NULL,
  amount integer NOT NULL
);
CREATE INDEX download_invoice_line_invoice ON download_invoice_line (invoice_id);
CREATE INDEX download_invoice_line_track ON download_invoice_line (track_id);

CREATE VIEW purchase_total AS
  SELECT purchase_id, sum(total) AS total, count(*) AS lines FROM purchase_line GROUP BY purchase_id;
CREATE VIEW purchase_summary AS
  SELECT p.*, t.total, c.company FROM purchase p LEFT JOIN purchase_total t USING (purchase_id)
  LEFT JOIN customer c USING (customer_code);
CREATE VIEW product_by_category AS
  SELECT c.label AS category, p.label, p.package, p.in_stock, p.discontinued
  FROM category c JOIN product p USING (category_id) WHERE NOT p.discontinued;
CREATE VIEW current_product AS SELECT product_id, label, price FROM product WHERE NOT discontinued WITH CHECK OPTION;
CREATE VIEW dear_product AS
  SELECT label, price FROM product WHERE price > (SELECT avg(price) FROM product) ORDER BY price DESC;
CREATE VIEW sales_by_quarter AS
  SELECT date_trunc('quarter', s.shipped::timestamp) AS quarter, s.customer_code, sum(s.total) AS total
  FROM purchase_summary s WHERE s.shipped IS NOT NULL GROUP BY 1, 2;
CREATE VIEW everybody AS
  SELECT 'customer' AS what, company AS called, (place).town FROM customer
  UNION ALL SELECT 'supplier', company, (place).town FROM supplier;
CREATE VIEW chain_of_command AS
  WITH RECURSIVE chain (staff_id, last_name, depth) AS (
    SELECT staff_id, last_name, 0 FROM staff WHERE reports_to IS NULL
    UNION ALL
    SELECT s.staff_id, s.last_name, c.depth + 1 FROM staff s JOIN chain c ON s.reports_to = c.staff_id
  )
  SELECT * FROM chain;
CREATE MATERIALIZED VIEW best_sellers AS
  SELECT p.product_id, p.label, coalesce(sum(l.amount), 0) AS sold
  FROM product p LEFT JOIN purchase_line l USING (product_id) GROUP BY p.product_id;
CREATE UNIQUE INDEX best_sellers_product ON best_sellers (product_id);
CREATE INDEX best_sellers_sold ON best_sellers (sold DESC);
COMMENT ON MATERIALIZED VIEW best_sellers IS 'Refreshed at night';

CREATE FUNCTION orders_of(code character) RETURNS TABLE (number integer, placed date, total numeric) LANGUAGE sql STABLE
  AS $$ SELECT s.purchase_id, s.ordered, s.total FROM purchase_summary s WHERE s.customer_code = code $$;
CREATE PROCEDURE restock(IN product integer, IN amount integer DEFAULT 10) LANGUAGE plpgsql AS $$
BEGIN
  UPDATE product p SET on_order = on_order + amount WHERE p.product_id = restock.product;
END
$$;
CREATE FUNCTION take_from_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE product SET in_stock = in_stock - NEW.amount WHERE product_id = NEW.product_id;
  RETURN NEW;
END
$$;
CREATE TRIGGER line_takes_stock AFTER INSERT ON purchase_line FOR EACH ROW EXECUTE FUNCTION take_from_stock();
CREATE TRIGGER purchase_logged AFTER INSERT OR DELETE OR UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION note_change('purchase_id');
CREATE TRIGGER product_logged AFTER UPDATE OF price ON product FOR EACH ROW WHEN (OLD.price IS DISTINCT FROM NEW.price)
  EXECUTE FUNCTION note_change('product_id');
CREATE TRIGGER customer_logged AFTER DELETE ON customer FOR EACH ROW EXECUTE FUNCTION note_change();
ALTER TABLE customer DISABLE TRIGGER customer_logged;
CREATE RULE no_log_removal AS ON DELETE TO change_log DO INSTEAD NOTHING;
