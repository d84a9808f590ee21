-- Events, their signed amounts, and what Postgres refuses whatever a program does.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Text as it is searched: without case and accents. Every step is immutable, so it may stand in a generated column.
CREATE FUNCTION fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog
    AS $$
    SELECT replace(replace(replace(
             translate(lower(regexp_replace(normalize($1, NFKD), '[\u0300-\u036f]', '', 'g')), 'øłđðħıŋŧ', 'olddhint'),
             'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe')
$$;

CREATE TABLE transactions (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    date         DATE        NOT NULL CONSTRAINT transaction_date_is_in_range CHECK (date BETWEEN '1900-01-01' AND '2100-12-31'),
    kind         TEXT        NOT NULL CONSTRAINT transaction_kind_is_known CHECK (kind IN ('income', 'expense', 'transfer', 'loan', 'adjustment')),
    sign         TEXT        NOT NULL GENERATED ALWAYS AS
                             (CASE kind WHEN 'income' THEN 'POSITIVE' WHEN 'expense' THEN 'NEGATIVE' ELSE 'NEUTRAL' END) STORED,
    description  TEXT        NOT NULL DEFAULT '' CONSTRAINT transaction_description_is_text
                             CHECK (description = btrim(description) AND char_length(description) <= 255 AND description !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    search_text  TEXT        NOT NULL GENERATED ALWAYS AS (fold(description)) STORED,
    category_id  UUID        NOT NULL,
    counterparty TEXT        CONSTRAINT transaction_counterparty_is_text
                             CHECK (counterparty = btrim(counterparty) AND char_length(counterparty) BETWEEN 1 AND 255 AND counterparty !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    amount_minor BIGINT      NOT NULL CONSTRAINT transaction_amount_is_not_zero CHECK (amount_minor <> 0)
                             CONSTRAINT transaction_amount_is_in_range CHECK (abs(amount_minor) < 1000000000000000),
    split        BOOLEAN     NOT NULL DEFAULT false CONSTRAINT transaction_split_is_income CHECK (NOT split OR kind = 'income'),
    import_key   BYTEA       CONSTRAINT transaction_import_key_is_a_hash CHECK (octet_length(import_key) = 16),
    version      INTEGER     NOT NULL DEFAULT 1,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, id),
    UNIQUE (household_id, id, date, category_id),
    CONSTRAINT transaction_loan_has_counterparty CHECK ((kind = 'loan') = (counterparty IS NOT NULL)),
    CONSTRAINT transaction_category_has_its_sign FOREIGN KEY (household_id, category_id, sign) REFERENCES categories (household_id, id, sign)
);
CREATE INDEX transactions_newest ON transactions (household_id, date DESC, id DESC);
CREATE INDEX transactions_by_category ON transactions (household_id, category_id, date DESC, id DESC);
CREATE INDEX transactions_by_kind ON transactions (household_id, kind, date DESC, id DESC);
CREATE INDEX transactions_by_text ON transactions USING gin (search_text gin_trgm_ops);
COMMENT ON TABLE transactions IS 'One event on one day; its money is in postings.';
COMMENT ON COLUMN transactions.date IS 'A calendar day, never an instant: time zones cannot move money between months.';
COMMENT ON COLUMN transactions.sign IS 'What the kind demands of the category.';
COMMENT ON COLUMN transactions.search_text IS 'The description without case and accents.';
COMMENT ON COLUMN transactions.counterparty IS 'Who owes or is owed; of loans only, and of every loan.';
COMMENT ON COLUMN transactions.amount_minor IS 'In minor units: the sum of the postings; of a transfer the amount moved. A refund has the opposite sign of its kind.';
COMMENT ON COLUMN transactions.split IS 'Whether the postings follow split_shares.';
COMMENT ON COLUMN transactions.import_key IS 'Fingerprint of the imported row, so that importing it again finds it, even after edits.';
COMMENT ON COLUMN transactions.version IS 'Goes up with every edit, so that two people cannot overwrite each other unseen.';

CREATE TABLE split_shares (
    household_id   UUID     NOT NULL,
    transaction_id UUID     NOT NULL,
    position       SMALLINT NOT NULL CONSTRAINT split_share_position_counts_from_one CHECK (position >= 1),
    bucket_id      UUID     NOT NULL,
    percent_bp     INTEGER  NOT NULL CONSTRAINT split_share_is_a_percentage CHECK (percent_bp BETWEEN 0 AND 10000),
    PRIMARY KEY (household_id, transaction_id, position),
    CONSTRAINT split_share_has_its_transaction FOREIGN KEY (household_id, transaction_id) REFERENCES transactions ON DELETE CASCADE,
    CONSTRAINT split_share_has_its_bucket FOREIGN KEY (household_id, bucket_id) REFERENCES buckets
);
CREATE INDEX split_shares_by_bucket ON split_shares (household_id, bucket_id);
COMMENT ON TABLE split_shares IS 'The percentages a split was made with, in their order; also those whose part came out as zero.';

CREATE TABLE postings (
    household_id   UUID     NOT NULL,
    transaction_id UUID     NOT NULL,
    line           SMALLINT NOT NULL CONSTRAINT posting_line_counts_from_one CHECK (line >= 1),
    date           DATE     NOT NULL,
    category_id    UUID     NOT NULL,
    location_id    UUID     NOT NULL,
    bucket_id      UUID     NOT NULL,
    amount_minor   BIGINT   NOT NULL CONSTRAINT posting_amount_is_not_zero CHECK (amount_minor <> 0)
                            CONSTRAINT posting_amount_is_in_range CHECK (abs(amount_minor) < 1000000000000000),
    PRIMARY KEY (household_id, transaction_id, line),
    CONSTRAINT posting_follows_its_transaction FOREIGN KEY (household_id, transaction_id, date, category_id)
        REFERENCES transactions (household_id, id, date, category_id) ON UPDATE CASCADE ON DELETE CASCADE,
    CONSTRAINT posting_has_its_location FOREIGN KEY (household_id, location_id) REFERENCES locations,
    CONSTRAINT posting_has_its_bucket FOREIGN KEY (household_id, bucket_id) REFERENCES buckets
);
CREATE INDEX postings_by_location ON postings (household_id, location_id, date DESC, transaction_id DESC);
CREATE INDEX postings_by_bucket ON postings (household_id, bucket_id, date DESC, transaction_id DESC);
CREATE INDEX postings_by_cell ON postings (household_id, location_id, bucket_id, date DESC, transaction_id DESC);
COMMENT ON TABLE postings IS 'Signed amounts, each at one location and in one bucket. All sums are made of these.';
COMMENT ON COLUMN postings.line IS 'Counts from 1; every transaction has a line 1, so counting those counts transactions.';
COMMENT ON COLUMN postings.date IS 'The transaction''s; follows it by ON UPDATE CASCADE, so that the rollups follow too.';
COMMENT ON COLUMN postings.category_id IS 'The transaction''s; follows it like the date.';
COMMENT ON COLUMN postings.amount_minor IS 'Signed, in minor units of the household''s currency: money in above zero, out below.';

-- At commit a transaction is whole: it has postings, and they say what it says.
CREATE FUNCTION check_transaction() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
    the_transaction UUID;
    event RECORD;
    lines RECORD;
BEGIN
    IF TG_TABLE_NAME = 'transactions' THEN
        the_household := NEW.household_id; the_transaction := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        the_household := OLD.household_id; the_transaction := OLD.transaction_id;
    ELSE
        the_household := NEW.household_id; the_transaction := NEW.transaction_id;
    END IF;
    SELECT kind, amount_minor INTO event FROM transactions WHERE household_id = the_household AND id = the_transaction;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT bool_or(line = 1) AS begin_with_one, sum(amount_minor) AS total, sum(amount_minor) FILTER (WHERE amount_minor > 0) AS moved
      INTO lines FROM postings WHERE household_id = the_household AND transaction_id = the_transaction;
    IF lines.begin_with_one IS NOT TRUE THEN
        RAISE EXCEPTION 'a transaction needs postings, counted from 1' USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_has_postings';
    END IF;
    IF event.kind = 'transfer' THEN
        IF lines.total <> 0 THEN
            RAISE EXCEPTION 'the postings of a transfer must add up to 0' USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_adds_up_to_zero';
        END IF;
        IF lines.moved <> event.amount_minor THEN
            RAISE EXCEPTION 'the amount of a transfer is what its postings move' USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_amount_is_its_postings';
        END IF;
        PERFORM FROM postings WHERE household_id = the_household AND transaction_id = the_transaction
          GROUP BY location_id, bucket_id HAVING sum(amount_minor) <> 0;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a transfer must change a location or a bucket' USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_moves_something';
        END IF;
    ELSIF lines.total <> event.amount_minor THEN
        RAISE EXCEPTION 'the amount of a transaction is the sum of its postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'transaction_amount_is_its_postings';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transactions_are_whole AFTER INSERT OR UPDATE OF kind, amount_minor ON transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction();
CREATE CONSTRAINT TRIGGER postings_are_whole AFTER INSERT OR UPDATE OF line, location_id, bucket_id, amount_minor OR DELETE ON postings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transaction();

-- At commit a split names shares of exactly 100 %, and nothing else has shares.
CREATE FUNCTION check_split() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
    the_transaction UUID;
    is_split BOOLEAN;
    total BIGINT;
BEGIN
    IF TG_TABLE_NAME = 'transactions' THEN
        the_household := NEW.household_id; the_transaction := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        the_household := OLD.household_id; the_transaction := OLD.transaction_id;
    ELSE
        the_household := NEW.household_id; the_transaction := NEW.transaction_id;
    END IF;
    SELECT split INTO is_split FROM transactions WHERE household_id = the_household AND id = the_transaction;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT sum(percent_bp) INTO total FROM split_shares WHERE household_id = the_household AND transaction_id = the_transaction;
    IF is_split AND total IS DISTINCT FROM 10000 THEN
        RAISE EXCEPTION 'the shares of a split must add up to 100 %%' USING ERRCODE = 'check_violation', CONSTRAINT = 'split_adds_up_to_100';
    END IF;
    IF NOT is_split AND total IS NOT NULL THEN
        RAISE EXCEPTION 'only a split has shares' USING ERRCODE = 'check_violation', CONSTRAINT = 'split_shares_belong_to_a_split';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transactions_split_fully AFTER INSERT OR UPDATE OF split ON transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.split) EXECUTE FUNCTION check_split();
CREATE CONSTRAINT TRIGGER split_shares_are_full AFTER INSERT OR UPDATE OR DELETE ON split_shares
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_split();
CREATE CONSTRAINT TRIGGER transactions_end_their_split AFTER UPDATE OF split ON transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.split AND NOT NEW.split) EXECUTE FUNCTION check_split();

-- Archived things take no new postings. One pass a statement: a bulk import costs one join.
CREATE FUNCTION refuse_archived() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    old_exists BOOLEAN := TG_OP = 'UPDATE';
    found_name TEXT;
BEGIN
    IF old_exists THEN
        SELECT x.name INTO found_name
          FROM new_rows n
          -- A row that changed its very key has no old one, and counts as added.
          LEFT JOIN old_rows o ON o.household_id = n.household_id AND o.transaction_id = n.transaction_id AND o.line = n.line
         CROSS JOIN LATERAL (
               SELECT name FROM locations WHERE household_id = n.household_id AND id = n.location_id AND archived_at IS NOT NULL
                  AND (o.location_id, o.amount_minor) IS DISTINCT FROM (n.location_id, n.amount_minor)
               UNION ALL
               SELECT name FROM buckets WHERE household_id = n.household_id AND id = n.bucket_id AND archived_at IS NOT NULL
                  AND (o.bucket_id, o.amount_minor) IS DISTINCT FROM (n.bucket_id, n.amount_minor)
               UNION ALL
               SELECT name FROM categories WHERE household_id = n.household_id AND id = n.category_id AND archived_at IS NOT NULL
                  AND o.category_id IS DISTINCT FROM n.category_id) x
         LIMIT 1;
    ELSE
        SELECT name INTO found_name FROM (
            SELECT l.name FROM (SELECT DISTINCT household_id, location_id FROM new_rows) n
              JOIN locations l ON l.household_id = n.household_id AND l.id = n.location_id WHERE l.archived_at IS NOT NULL
            UNION ALL
            SELECT b.name FROM (SELECT DISTINCT household_id, bucket_id FROM new_rows) n
              JOIN buckets b ON b.household_id = n.household_id AND b.id = n.bucket_id WHERE b.archived_at IS NOT NULL
            UNION ALL
            SELECT c.name FROM (SELECT DISTINCT household_id, category_id FROM new_rows) n
              JOIN categories c ON c.household_id = n.household_id AND c.id = n.category_id WHERE c.archived_at IS NOT NULL) x
         LIMIT 1;
    END IF;
    IF found_name IS NOT NULL THEN
        RAISE EXCEPTION 'an archived location, bucket or category takes no postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_is_not_on_an_archived_thing';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_added_are_active AFTER INSERT ON postings
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_archived();
CREATE TRIGGER postings_changed_are_active AFTER UPDATE ON postings
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION refuse_archived();

-- The currency says how many decimals every stored amount has: it cannot change under them.
CREATE FUNCTION keep_used_currency() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF EXISTS (SELECT FROM transactions WHERE household_id = NEW.id) THEN
        RAISE EXCEPTION 'the currency of a household with transactions is fixed' USING ERRCODE = 'check_violation', CONSTRAINT = 'household_currency_is_fixed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER households_keep_their_currency BEFORE UPDATE OF currency ON households
    FOR EACH ROW WHEN (OLD.currency IS DISTINCT FROM NEW.currency) EXECUTE FUNCTION keep_used_currency();

-- What is cached under a version stays true only while no version comes twice.
CREATE FUNCTION keep_version_rising() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    RAISE EXCEPTION 'the ledger version of a household only goes up' USING ERRCODE = 'check_violation', CONSTRAINT = 'household_version_rises';
END $$;
CREATE TRIGGER households_keep_their_version_rising BEFORE UPDATE OF ledger_version ON households
    FOR EACH ROW WHEN (NEW.ledger_version < OLD.ledger_version) EXECUTE FUNCTION keep_version_rising();

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['transactions', 'split_shares', 'postings'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_household ON %I USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()))', one);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO budget_app', one);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION check_transaction(), check_split(), refuse_archived(), keep_used_currency(), keep_version_rising(), fold(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fold(text) TO budget_app;
