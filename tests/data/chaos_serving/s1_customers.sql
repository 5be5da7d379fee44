-- Columns come, a type changes and a rule is added, in one table in use
--
-- revision: s1_customers
-- down_revision:
-- branch_labels: serving

-- migrate:upgrade
ALTER TABLE customers ADD COLUMN loyalty integer NOT NULL DEFAULT 0;
ALTER TABLE customers ALTER COLUMN notes TYPE varchar(4000);
ALTER TABLE customers ADD CONSTRAINT ck_customers_loyalty CHECK (loyalty >= 0) NOT VALID;

-- migrate:downgrade
ALTER TABLE customers DROP CONSTRAINT ck_customers_loyalty;
ALTER TABLE customers ALTER COLUMN notes TYPE text;
ALTER TABLE customers DROP COLUMN loyalty;
