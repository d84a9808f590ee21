-- Sums that are always there, kept exact by statement triggers on postings: pages read these, never the postings.

CREATE TABLE balances (
    household_id   UUID    NOT NULL REFERENCES households ON DELETE CASCADE,
    location_id    UUID    NOT NULL,
    bucket_id      UUID    NOT NULL,
    amount_minor   BIGINT  NOT NULL CONSTRAINT balance_is_in_range CHECK (abs(amount_minor) < 1000000000000000000),
    postings_count BIGINT  NOT NULL,
    PRIMARY KEY (household_id, location_id, bucket_id)
);
COMMENT ON TABLE balances IS 'Money by location and bucket, all time. A row with postings_count 0 counts as absent.';

CREATE TABLE monthly_totals (
    household_id   UUID    NOT NULL REFERENCES households ON DELETE CASCADE,
    month          DATE    NOT NULL,
    category_id    UUID    NOT NULL,
    amount_minor   BIGINT  NOT NULL CONSTRAINT monthly_total_is_in_range CHECK (abs(amount_minor) < 1000000000000000000),
    postings_count BIGINT  NOT NULL,
    entries_count  BIGINT  NOT NULL,
    PRIMARY KEY (household_id, month, category_id)
);
COMMENT ON TABLE monthly_totals IS 'Money by month and category. A row with postings_count 0 counts as absent.';
COMMENT ON COLUMN monthly_totals.month IS 'The first day of the month.';
COMMENT ON COLUMN monthly_totals.entries_count IS 'Transactions: postings with line 1.';

CREATE TABLE monthly_cells (
    household_id   UUID    NOT NULL REFERENCES households ON DELETE CASCADE,
    month          DATE    NOT NULL,
    category_id    UUID    NOT NULL,
    location_id    UUID    NOT NULL,
    bucket_id      UUID    NOT NULL,
    amount_minor   BIGINT  NOT NULL CONSTRAINT monthly_cell_is_in_range CHECK (abs(amount_minor) < 1000000000000000000),
    postings_count BIGINT  NOT NULL,
    PRIMARY KEY (household_id, month, category_id, location_id, bucket_id)
);
COMMENT ON TABLE monthly_cells IS 'Money by month, category, location and bucket: for filtered reports and past days. A row with postings_count 0 counts as absent.';

-- Adds what came and takes away what went. Rows are upserted in key order, so that two statements cannot deadlock.
CREATE FUNCTION roll_up() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    -- The row lock on the household serialises writers, hand-written ones too.
    IF TG_OP = 'DELETE' THEN
        UPDATE households SET ledger_version = ledger_version + 1 WHERE id IN (SELECT household_id FROM old_rows);
        INSERT INTO balances
            SELECT household_id, location_id, bucket_id, -sum(amount_minor), -count(*) FROM old_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = balances.amount_minor + excluded.amount_minor, postings_count = balances.postings_count + excluded.postings_count;
        INSERT INTO monthly_totals
            SELECT household_id, date_trunc('month', date)::date, category_id, -sum(amount_minor), -count(*), -count(*) FILTER (WHERE line = 1)
              FROM old_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, month, category_id) DO UPDATE
            SET amount_minor = monthly_totals.amount_minor + excluded.amount_minor, postings_count = monthly_totals.postings_count + excluded.postings_count,
                entries_count = monthly_totals.entries_count + excluded.entries_count;
        INSERT INTO monthly_cells
            SELECT household_id, date_trunc('month', date)::date, category_id, location_id, bucket_id, -sum(amount_minor), -count(*)
              FROM old_rows GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (household_id, month, category_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_cells.amount_minor + excluded.amount_minor, postings_count = monthly_cells.postings_count + excluded.postings_count;
    ELSIF TG_OP = 'INSERT' THEN
        UPDATE households SET ledger_version = ledger_version + 1 WHERE id IN (SELECT household_id FROM new_rows);
        INSERT INTO balances
            SELECT household_id, location_id, bucket_id, sum(amount_minor), count(*) FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = balances.amount_minor + excluded.amount_minor, postings_count = balances.postings_count + excluded.postings_count;
        INSERT INTO monthly_totals
            SELECT household_id, date_trunc('month', date)::date, category_id, sum(amount_minor), count(*), count(*) FILTER (WHERE line = 1)
              FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, month, category_id) DO UPDATE
            SET amount_minor = monthly_totals.amount_minor + excluded.amount_minor, postings_count = monthly_totals.postings_count + excluded.postings_count,
                entries_count = monthly_totals.entries_count + excluded.entries_count;
        INSERT INTO monthly_cells
            SELECT household_id, date_trunc('month', date)::date, category_id, location_id, bucket_id, sum(amount_minor), count(*)
              FROM new_rows GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (household_id, month, category_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_cells.amount_minor + excluded.amount_minor, postings_count = monthly_cells.postings_count + excluded.postings_count;
    ELSE
        UPDATE households SET ledger_version = ledger_version + 1 WHERE id IN (SELECT household_id FROM new_rows UNION SELECT household_id FROM old_rows);
        INSERT INTO balances
            SELECT household_id, location_id, bucket_id, sum(amount), sum(number)
              FROM (SELECT household_id, location_id, bucket_id, amount_minor AS amount, 1 AS number FROM new_rows
                    UNION ALL SELECT household_id, location_id, bucket_id, -amount_minor, -1 FROM old_rows) x
             GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 OR sum(number) <> 0 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = balances.amount_minor + excluded.amount_minor, postings_count = balances.postings_count + excluded.postings_count;
        INSERT INTO monthly_totals
            SELECT household_id, month, category_id, sum(amount), sum(number), sum(entry)
              FROM (SELECT household_id, date_trunc('month', date)::date AS month, category_id, amount_minor AS amount, 1 AS number, (line = 1)::int AS entry FROM new_rows
                    UNION ALL SELECT household_id, date_trunc('month', date)::date, category_id, -amount_minor, -1, -(line = 1)::int FROM old_rows) x
             GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 OR sum(number) <> 0 OR sum(entry) <> 0 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, month, category_id) DO UPDATE
            SET amount_minor = monthly_totals.amount_minor + excluded.amount_minor, postings_count = monthly_totals.postings_count + excluded.postings_count,
                entries_count = monthly_totals.entries_count + excluded.entries_count;
        INSERT INTO monthly_cells
            SELECT household_id, month, category_id, location_id, bucket_id, sum(amount), sum(number)
              FROM (SELECT household_id, date_trunc('month', date)::date AS month, category_id, location_id, bucket_id, amount_minor AS amount, 1 AS number FROM new_rows
                    UNION ALL SELECT household_id, date_trunc('month', date)::date, category_id, location_id, bucket_id, -amount_minor, -1 FROM old_rows) x
             GROUP BY 1, 2, 3, 4, 5 HAVING sum(amount) <> 0 OR sum(number) <> 0 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (household_id, month, category_id, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_cells.amount_minor + excluded.amount_minor, postings_count = monthly_cells.postings_count + excluded.postings_count;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_added_roll_up AFTER INSERT ON postings
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up();
CREATE TRIGGER postings_deleted_roll_up AFTER DELETE ON postings
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up();
CREATE TRIGGER postings_changed_roll_up AFTER UPDATE ON postings
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up();

-- What is there already, such as after this migration was taken back. Making the triggers locked the writers out, so nothing comes between.
INSERT INTO balances SELECT household_id, location_id, bucket_id, sum(amount_minor), count(*) FROM postings GROUP BY 1, 2, 3;
INSERT INTO monthly_totals
    SELECT household_id, date_trunc('month', date)::date, category_id, sum(amount_minor), count(*), count(*) FILTER (WHERE line = 1)
      FROM postings GROUP BY 1, 2, 3;
INSERT INTO monthly_cells
    SELECT household_id, date_trunc('month', date)::date, category_id, location_id, bucket_id, sum(amount_minor), count(*)
      FROM postings GROUP BY 1, 2, 3, 4, 5;

-- At commit an archived location or bucket holds nothing in any cell, so that nothing vanishes from the totals.
CREATE FUNCTION check_archived_is_empty() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    holds BOOLEAN;
BEGIN
    IF TG_TABLE_NAME = 'balances' THEN
        SELECT b.amount_minor <> 0 AND (l.archived_at IS NOT NULL OR k.archived_at IS NOT NULL) INTO holds
          FROM balances b
          JOIN locations l ON l.household_id = b.household_id AND l.id = b.location_id
          JOIN buckets k ON k.household_id = b.household_id AND k.id = b.bucket_id
         WHERE b.household_id = NEW.household_id AND b.location_id = NEW.location_id AND b.bucket_id = NEW.bucket_id;
    ELSIF TG_TABLE_NAME = 'locations' THEN
        -- The lock makes an archiving and a posting that were written at the same moment see each other.
        UPDATE households SET ledger_version = ledger_version + 1 WHERE id = NEW.household_id;
        SELECT EXISTS (SELECT FROM balances b JOIN locations l ON l.household_id = b.household_id AND l.id = b.location_id
            WHERE b.household_id = NEW.household_id AND b.location_id = NEW.id AND b.amount_minor <> 0 AND l.archived_at IS NOT NULL) INTO holds;
    ELSE
        UPDATE households SET ledger_version = ledger_version + 1 WHERE id = NEW.household_id;
        SELECT EXISTS (SELECT FROM balances b JOIN buckets k ON k.household_id = b.household_id AND k.id = b.bucket_id
            WHERE b.household_id = NEW.household_id AND b.bucket_id = NEW.id AND b.amount_minor <> 0 AND k.archived_at IS NOT NULL) INTO holds;
    END IF;
    IF holds THEN
        RAISE EXCEPTION 'an archived location or bucket holds no money' USING ERRCODE = 'check_violation', CONSTRAINT = 'archived_is_empty';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER balances_of_archived_are_zero AFTER INSERT OR UPDATE ON balances
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.amount_minor <> 0) EXECUTE FUNCTION check_archived_is_empty();
CREATE CONSTRAINT TRIGGER locations_archive_empty AFTER INSERT OR UPDATE OF archived_at ON locations
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.archived_at IS NOT NULL) EXECUTE FUNCTION check_archived_is_empty();
CREATE CONSTRAINT TRIGGER buckets_archive_empty AFTER INSERT OR UPDATE OF archived_at ON buckets
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.archived_at IS NOT NULL) EXECUTE FUNCTION check_archived_is_empty();

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['balances', 'monthly_totals', 'monthly_cells'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_household ON %I USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()))', one);
        EXECUTE format('GRANT SELECT ON %I TO budget_app', one);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION roll_up(), check_archived_is_empty() FROM PUBLIC;
