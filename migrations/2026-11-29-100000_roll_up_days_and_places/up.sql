-- What reports read beside the sums by month: money by place at each month's end, sums by day, and the largest expenses. Each costs the
-- same with a million entries as with ten thousand.

CREATE TABLE monthly_balances (
    household_id   UUID    NOT NULL REFERENCES households ON DELETE CASCADE,
    month          DATE    NOT NULL,
    location_id    UUID    NOT NULL,
    bucket_id      UUID    NOT NULL,
    amount_minor   BIGINT  NOT NULL CONSTRAINT monthly_balance_is_in_range CHECK (abs(amount_minor) < 1000000000000000000),
    postings_count BIGINT  NOT NULL,
    PRIMARY KEY (household_id, month, location_id, bucket_id)
);
COMMENT ON TABLE monthly_balances IS 'What each month added to each cell: added up to a month, the money at its end. A row with postings_count 0 counts as absent.';
COMMENT ON COLUMN monthly_balances.month IS 'The first day of the month.';

CREATE TABLE daily_totals (
    household_id   UUID    NOT NULL REFERENCES households ON DELETE CASCADE,
    date           DATE    NOT NULL,
    category_id    UUID    NOT NULL,
    amount_minor   BIGINT  NOT NULL CONSTRAINT daily_total_is_in_range CHECK (abs(amount_minor) < 1000000000000000000),
    postings_count BIGINT  NOT NULL,
    PRIMARY KEY (household_id, date, category_id)
);
COMMENT ON TABLE daily_totals IS 'Money by day and category. A row with postings_count 0 counts as absent.';

-- The days of a month that is cut through, and of a filtered report. Narrow: the entries of a month lie beside one another in the table,
-- and with what they say in the index it was sixteen times as large, and no faster.
CREATE INDEX postings_by_date ON postings (household_id, date);

CREATE FUNCTION month_of(DATE) RETURNS DATE
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN $1 - (extract(day FROM $1)::int - 1);
COMMENT ON FUNCTION month_of(DATE) IS
    'The first day of the month. Unlike date_trunc it is immutable, so it may stand in an index. Its names were looked up when it was made, so it sets no search_path, which would keep it from being inlined.';

CREATE INDEX transactions_by_size ON transactions (household_id, month_of(date), amount_minor, date, id) WHERE kind = 'expense';

-- Runs after roll_up, whose name comes first and which locked the household. Rows are upserted in key order here too.
CREATE FUNCTION roll_up_days_and_places() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO monthly_balances
            SELECT household_id, month_of(date), location_id, bucket_id, -sum(amount_minor), -count(*)
              FROM old_rows GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (household_id, month, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_balances.amount_minor + excluded.amount_minor, postings_count = monthly_balances.postings_count + excluded.postings_count;
        INSERT INTO daily_totals
            SELECT household_id, date, category_id, -sum(amount_minor), -count(*) FROM old_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, date, category_id) DO UPDATE
            SET amount_minor = daily_totals.amount_minor + excluded.amount_minor, postings_count = daily_totals.postings_count + excluded.postings_count;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO monthly_balances
            SELECT household_id, month_of(date), location_id, bucket_id, sum(amount_minor), count(*)
              FROM new_rows GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (household_id, month, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_balances.amount_minor + excluded.amount_minor, postings_count = monthly_balances.postings_count + excluded.postings_count;
        INSERT INTO daily_totals
            SELECT household_id, date, category_id, sum(amount_minor), count(*) FROM new_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, date, category_id) DO UPDATE
            SET amount_minor = daily_totals.amount_minor + excluded.amount_minor, postings_count = daily_totals.postings_count + excluded.postings_count;
    ELSE
        INSERT INTO monthly_balances
            SELECT household_id, month, location_id, bucket_id, sum(amount), sum(number)
              FROM (SELECT household_id, month_of(date) AS month, location_id, bucket_id, amount_minor AS amount, 1 AS number FROM new_rows
                    UNION ALL SELECT household_id, month_of(date), location_id, bucket_id, -amount_minor, -1 FROM old_rows) x
             GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0 OR sum(number) <> 0 ORDER BY 1, 2, 3, 4
            ON CONFLICT (household_id, month, location_id, bucket_id) DO UPDATE
            SET amount_minor = monthly_balances.amount_minor + excluded.amount_minor, postings_count = monthly_balances.postings_count + excluded.postings_count;
        INSERT INTO daily_totals
            SELECT household_id, date, category_id, sum(amount), sum(number)
              FROM (SELECT household_id, date, category_id, amount_minor AS amount, 1 AS number FROM new_rows
                    UNION ALL SELECT household_id, date, category_id, -amount_minor, -1 FROM old_rows) x
             GROUP BY 1, 2, 3 HAVING sum(amount) <> 0 OR sum(number) <> 0 ORDER BY 1, 2, 3
            ON CONFLICT (household_id, date, category_id) DO UPDATE
            SET amount_minor = daily_totals.amount_minor + excluded.amount_minor, postings_count = daily_totals.postings_count + excluded.postings_count;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_added_roll_up_days_and_places AFTER INSERT ON postings
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up_days_and_places();
CREATE TRIGGER postings_deleted_roll_up_days_and_places AFTER DELETE ON postings
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up_days_and_places();
CREATE TRIGGER postings_changed_roll_up_days_and_places AFTER UPDATE ON postings
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up_days_and_places();

-- What is there already. Making the triggers locked the writers out, so nothing comes between.
INSERT INTO monthly_balances
    SELECT household_id, month_of(date), location_id, bucket_id, sum(amount_minor), count(*) FROM postings GROUP BY 1, 2, 3, 4;
INSERT INTO daily_totals
    SELECT household_id, date, category_id, sum(amount_minor), count(*) FROM postings GROUP BY 1, 2, 3;

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['monthly_balances', 'daily_totals'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_household ON %I USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()))', one);
        EXECUTE format('GRANT SELECT ON %I TO budget_app', one);
    END LOOP;
END $$;

-- Row-level security keeps an index on an expression from being used, so this runs as the owner and holds itself to the household that
-- the entry query admitted; without one it finds nothing. The text is put together from fixed parts, and EXECUTE plans it for its values.
CREATE FUNCTION largest_expense(since DATE, until DATE, the_categories UUID[], the_locations UUID[], the_buckets UUID[])
    RETURNS TABLE (id UUID, amount_minor BIGINT)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
    AS $$
DECLARE
    query TEXT;
BEGIN
    IF the_categories IS NULL AND the_locations IS NULL AND the_buckets IS NULL AND month_of(since) = since AND month_of(until) = until THEN
        -- One look into the index for each month.
        query := 'SELECT t.id, t.amount_minor FROM generate_series($2::timestamp, $3::timestamp - interval ''1 day'', interval ''1 month'') m
                   CROSS JOIN LATERAL (SELECT x.id, x.amount_minor, x.date FROM transactions x
                         WHERE x.household_id = $1 AND x.kind = ''expense'' AND month_of(x.date) = m::date
                         ORDER BY x.amount_minor, x.date, x.id LIMIT 1) t
                  WHERE t.amount_minor < 0 ORDER BY t.amount_minor, t.date, t.id LIMIT 1';
    ELSE
        -- A category's sign says which entries are expenses, so their postings alone answer.
        query := 'SELECT p.transaction_id, sum(p.amount_minor)::bigint FROM postings p
                    JOIN categories k ON k.household_id = p.household_id AND k.id = p.category_id AND k.sign = ''NEGATIVE''
                   WHERE p.household_id = $1 AND p.date >= $2 AND p.date < $3'
              || CASE WHEN the_categories IS NOT NULL THEN ' AND p.category_id = ANY ($4)' ELSE '' END
              || CASE WHEN the_locations IS NOT NULL THEN ' AND p.location_id = ANY ($5)' ELSE '' END
              || CASE WHEN the_buckets IS NOT NULL THEN ' AND p.bucket_id = ANY ($6)' ELSE '' END
              || ' GROUP BY p.transaction_id, p.date HAVING sum(p.amount_minor) < 0 ORDER BY 2, p.date, p.transaction_id LIMIT 1';
    END IF;
    RETURN QUERY EXECUTE query USING current_household(), since, until, the_categories, the_locations, the_buckets;
END $$;
COMMENT ON FUNCTION largest_expense(DATE, DATE, UUID[], UUID[], UUID[]) IS
    'The single expense that took most in since <= date < until, or nothing; of a filter only the part that lies there. NULL leaves a filter out.';

REVOKE ALL ON FUNCTION roll_up_days_and_places(), month_of(DATE), largest_expense(DATE, DATE, UUID[], UUID[], UUID[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION month_of(DATE), largest_expense(DATE, DATE, UUID[], UUID[], UUID[]) TO budget_app;
