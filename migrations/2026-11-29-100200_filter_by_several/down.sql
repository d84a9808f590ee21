DROP FUNCTION sum_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]);
DROP TYPE transaction_sums;
DROP FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[], DATE, UUID, BOOLEAN, INTEGER);
DROP FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]);
DROP INDEX postings_by_category;

CREATE FUNCTION transaction_conditions(words TEXT[], since DATE, until DATE, the_kind TEXT, the_category UUID, the_location UUID, the_bucket UUID)
    RETURNS TEXT
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
    AS $$
    SELECT concat(
        (SELECT string_agg(format(' AND t.search_text LIKE ($2)[%s]', i), '') FROM generate_series(1, coalesce(cardinality(words), 0)) i),
        CASE WHEN since IS NOT NULL THEN ' AND t.date >= $3' END,
        CASE WHEN until IS NOT NULL THEN ' AND t.date < $4' END,
        CASE WHEN the_kind IS NOT NULL THEN ' AND t.kind = $5' END,
        CASE WHEN the_category IS NOT NULL THEN ' AND t.category_id = $6' END,
        CASE WHEN the_location IS NOT NULL THEN ' AND p.location_id = $7' END,
        CASE WHEN the_bucket IS NOT NULL THEN ' AND p.bucket_id = $8' END)
$$;
COMMENT ON FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID) IS
    'The WHERE of a list: only fixed text and numbers of placeholders, never a value.';

CREATE FUNCTION find_transactions(words TEXT[], since DATE, until DATE, the_kind TEXT, the_category UUID, the_location UUID, the_bucket UUID,
                                  edge_date DATE, edge_id UUID, older BOOLEAN, most INTEGER)
    RETURNS SETOF UUID ROWS 50
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    conditions TEXT := transaction_conditions(words, since, until, the_kind, the_category, the_location, the_bucket);
    ordering TEXT := CASE WHEN older THEN 'DESC' ELSE 'ASC' END;
    beyond TEXT := CASE WHEN edge_id IS NULL THEN '' WHEN older THEN ' AND (t.date, t.id) < ($9, $10)' ELSE ' AND (t.date, t.id) > ($9, $10)' END;
    query TEXT;
BEGIN
    IF the_location IS NULL AND the_bucket IS NULL THEN
        query := format('SELECT t.id FROM transactions t WHERE t.household_id = $1%s%s ORDER BY t.date %s, t.id %s LIMIT $11',
                        conditions, beyond, ordering, ordering);
    ELSIF words IS NULL AND the_kind IS NULL THEN
        -- Postings know date and category themselves: an index delivers them in order.
        query := format('SELECT id FROM (SELECT DISTINCT t.date, t.id FROM (SELECT p.household_id, p.transaction_id AS id, p.date, p.category_id, p.location_id, p.bucket_id FROM postings p) t WHERE t.household_id = $1%s%s ORDER BY t.date %s, t.id %s LIMIT $11) x',
                        replace(conditions, 'p.', 't.'), beyond, ordering, ordering);
    ELSE
        query := format('SELECT id FROM (SELECT DISTINCT t.date, t.id FROM transactions t JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id WHERE t.household_id = $1%s%s ORDER BY t.date %s, t.id %s LIMIT $11) x',
                        conditions, beyond, ordering, ordering);
    END IF;
    RETURN QUERY EXECUTE query
        USING current_household(), search_patterns(words), since, until, the_kind, the_category, the_location, the_bucket, edge_date, edge_id, most;
END $$;
COMMENT ON FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID, DATE, UUID, BOOLEAN, INTEGER) IS
    'Ids of the household''s transactions beyond an edge, nearest first: at most `most`. NULL leaves a filter out; every word must occur; a location and a bucket must meet in one posting.';

CREATE TYPE transaction_sums AS (entries BIGINT, income NUMERIC, expense NUMERIC);

CREATE FUNCTION sum_transactions(words TEXT[], since DATE, until DATE, the_kind TEXT, the_category UUID, the_location UUID, the_bucket UUID)
    RETURNS transaction_sums
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    conditions TEXT := transaction_conditions(words, since, until, the_kind, the_category, the_location, the_bucket);
    query TEXT;
    sums transaction_sums;
BEGIN
    IF the_location IS NULL AND the_bucket IS NULL THEN
        query := 'SELECT count(*), coalesce(sum(t.amount_minor) FILTER (WHERE t.kind = ''income''), 0), coalesce(sum(t.amount_minor) FILTER (WHERE t.kind = ''expense''), 0)
                    FROM transactions t WHERE t.household_id = $1' || conditions;
    ELSE
        query := 'SELECT count(DISTINCT t.id), coalesce(sum(p.amount_minor) FILTER (WHERE t.kind = ''income''), 0), coalesce(sum(p.amount_minor) FILTER (WHERE t.kind = ''expense''), 0)
                    FROM transactions t JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id WHERE t.household_id = $1' || conditions;
    END IF;
    EXECUTE query INTO sums USING current_household(), search_patterns(words), since, until, the_kind, the_category, the_location, the_bucket;
    RETURN sums;
END $$;
COMMENT ON FUNCTION sum_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID) IS
    'How many transactions the filters find, and the signed sums of income and expense; with a location or bucket only the part that lies there.';

REVOKE ALL ON FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID),
    find_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID, DATE, UUID, BOOLEAN, INTEGER),
    sum_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID, DATE, UUID, BOOLEAN, INTEGER),
    sum_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID) TO budget_app;
