-- The last one: with all that text can hold; [lists] $vars @vars@ \n
--
-- revision: aaaa00000001
-- down_revision: bbbb00000001

-- migrate:upgrade
SELECT ')sql"; \ " é ${x} ;[ ]]';
COPY t FROM stdin;
1	\N
\.
-- migrate:downgrade
SELECT $$)comment"$$;