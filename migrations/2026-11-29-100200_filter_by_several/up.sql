-- Each filter of the list takes several values: kinds, categories, locations and buckets come as arrays, and NULL or an empty one leaves the
-- filter out. One value is compared by equality, and one index gives the list in its order, as before. No index gives several values in
-- that order, and to sort all that they find takes the longer the more there is. So each value gives the nearest rows by itself, from its
-- own place in the index, and those few are merged.

DROP FUNCTION sum_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID);
DROP TYPE transaction_sums;
DROP FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID, DATE, UUID, BOOLEAN, INTEGER);
DROP FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT, UUID, UUID, UUID);

-- A category at a location or in a bucket, where neither alone finds few: the index answers both without a look at the postings.
CREATE INDEX postings_by_category ON postings (household_id, category_id, date DESC, transaction_id DESC) INCLUDE (location_id, bucket_id);

CREATE FUNCTION transaction_conditions(words TEXT[], since DATE, until DATE, kinds TEXT[], categories UUID[], locations UUID[], buckets UUID[])
    RETURNS TEXT
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog
    AS $$
    SELECT concat(
        (SELECT string_agg(format(' AND t.search_text LIKE ($2)[%s]', i), '') FROM generate_series(1, coalesce(cardinality(words), 0)) i),
        CASE WHEN since IS NOT NULL THEN ' AND t.date >= $3' END,
        CASE WHEN until IS NOT NULL THEN ' AND t.date < $4' END,
        CASE WHEN cardinality(kinds) = 1 THEN ' AND t.kind = ($5)[1]' WHEN cardinality(kinds) > 1 THEN ' AND t.kind = ANY ($5)' END,
        CASE WHEN cardinality(categories) = 1 THEN ' AND t.category_id = ($6)[1]' WHEN cardinality(categories) > 1 THEN ' AND t.category_id = ANY ($6)' END,
        CASE WHEN cardinality(locations) = 1 THEN ' AND p.location_id = ($7)[1]' WHEN cardinality(locations) > 1 THEN ' AND p.location_id = ANY ($7)' END,
        CASE WHEN cardinality(buckets) = 1 THEN ' AND p.bucket_id = ($8)[1]' WHEN cardinality(buckets) > 1 THEN ' AND p.bucket_id = ANY ($8)' END)
$$;
COMMENT ON FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]) IS
    'The WHERE of a list: only fixed text and numbers of placeholders, never a value.';

CREATE FUNCTION find_transactions(words TEXT[], since DATE, until DATE, kinds TEXT[], categories UUID[], locations UUID[], buckets UUID[],
                                  edge_date DATE, edge_id UUID, older BOOLEAN, most INTEGER)
    RETURNS SETOF UUID ROWS 50
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    neutral CONSTANT TEXT[] := ARRAY['transfer', 'loan', 'adjustment'];
    kinds_count INTEGER := coalesce(cardinality(kinds), 0);
    categories_count INTEGER := coalesce(cardinality(categories), 0);
    locations_count CONSTANT INTEGER := coalesce(cardinality(locations), 0);
    buckets_count CONSTANT INTEGER := coalesce(cardinality(buckets), 0);
    has_place CONSTANT BOOLEAN := locations_count + buckets_count > 0;
    -- Postings know date and category, and are found by their place. Where the kind has to be one of the neutral ones, its entries are
    -- few and only transactions tell them apart.
    is_rare CONSTANT BOOLEAN := kinds_count > 0 AND categories_count = 0 AND kinds <@ neutral AND NOT kinds @> neutral;
    by_posting CONSTANT BOOLEAN := has_place AND words IS NULL AND NOT is_rare;
    nearest CONSTANT TEXT := CASE WHEN older THEN ' ORDER BY t.date DESC, t.id DESC LIMIT $11' ELSE ' ORDER BY t.date ASC, t.id ASC LIMIT $11' END;
    conditions TEXT := CASE WHEN edge_id IS NULL THEN '' WHEN older THEN ' AND (t.date, t.id) < ($9, $10)' ELSE ' AND (t.date, t.id) > ($9, $10)' END;
    -- What is merged: a row for each value, and the condition by which it takes its part. NULL where one index gives all in order.
    parts TEXT;
    part TEXT;
    query TEXT;
BEGIN
    IF kinds_count > 0 AND (by_posting OR words IS NULL AND categories_count > 0 AND greatest(kinds_count, categories_count) > 1) THEN
        -- A kind demands a sign of its category: no other category needs to be looked through, and mostly these say all of it.
        SELECT array_agg(c.id), count(*) INTO categories, categories_count FROM categories c
         WHERE c.household_id = current_household() AND (categories_count = 0 OR c.id = ANY (find_transactions.categories))
           AND c.sign IN (SELECT CASE WHEN kind = 'income' THEN 'POSITIVE' WHEN kind = 'expense' THEN 'NEGATIVE' WHEN kind = ANY (neutral) THEN 'NEUTRAL' END FROM unnest(kinds) kind);
        IF categories_count = 0 THEN
            RETURN;
        END IF;
        IF kinds && neutral AND NOT kinds @> neutral THEN
            -- Not a join: how many rows that leaves is hard to foretell.
            conditions := conditions || ' AND (SELECT k.kind FROM transactions k WHERE k.household_id = $1 AND k.id = t.id) = ANY ($5)';
        END IF;
        kinds_count := 0;
    END IF;
    IF words IS NULL THEN
        -- Many categories hold most of what there is: there the places find less.
        IF categories_count > 1 AND NOT (has_place AND categories_count > 8) THEN
            parts := 'SELECT DISTINCT unnest($6) AS category_id';
            part := ' AND t.category_id = v.category_id';
        ELSIF kinds_count > 1 AND categories_count = 0 THEN
            parts := 'SELECT DISTINCT unnest($5) AS kind';
            part := ' AND t.kind = v.kind';
        ELSIF by_posting AND categories_count <> 1 AND locations_count > 1 AND buckets_count > 1 AND locations_count::bigint * buckets_count <= 100 THEN
            -- Only the cells that there are: most locations hold money of few buckets.
            parts := 'SELECT location_id, bucket_id FROM balances WHERE household_id = $1 AND location_id = ANY ($7) AND bucket_id = ANY ($8)';
            part := ' AND t.location_id = v.location_id AND t.bucket_id = v.bucket_id';
        ELSIF by_posting AND categories_count <> 1 AND locations_count > 1 THEN
            parts := 'SELECT DISTINCT unnest($7) AS location_id';
            part := ' AND t.location_id = v.location_id';
        ELSIF by_posting AND categories_count <> 1 AND buckets_count > 1 THEN
            parts := 'SELECT DISTINCT unnest($8) AS bucket_id';
            part := ' AND t.bucket_id = v.bucket_id';
        END IF;
    END IF;
    conditions := transaction_conditions(words, since, until,
        CASE WHEN kinds_count > 0 AND part IS DISTINCT FROM ' AND t.kind = v.kind' THEN kinds END,
        CASE WHEN part IS DISTINCT FROM ' AND t.category_id = v.category_id' THEN categories END, NULL, NULL) || coalesce(part, '') || conditions;
    query := transaction_conditions(NULL, NULL, NULL, NULL, NULL,
        CASE WHEN part LIKE '%location_id%' THEN NULL ELSE locations END, CASE WHEN part LIKE '%bucket_id%' THEN NULL ELSE buckets END);
    IF by_posting THEN
        query := format('SELECT DISTINCT t.date, t.id FROM (SELECT household_id, transaction_id AS id, date, category_id, location_id, bucket_id FROM postings) t WHERE t.household_id = $1%s%s%s',
                        conditions, replace(query, 'p.', 't.'), nearest);
    ELSIF is_rare AND has_place AND words IS NULL THEN
        query := format('SELECT t.date, t.id FROM transactions t WHERE t.household_id = $1%s AND (SELECT true FROM postings p WHERE p.household_id = $1 AND p.transaction_id = t.id AND p.date = t.date%s LIMIT 1)%s',
                        conditions, query, nearest);
    ELSIF has_place THEN
        query := format('SELECT DISTINCT t.date, t.id FROM transactions t JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id WHERE t.household_id = $1%s%s%s',
                        conditions, query, nearest);
    ELSE
        query := format('SELECT t.date, t.id FROM transactions t WHERE t.household_id = $1%s%s', conditions, nearest);
    END IF;
    IF parts IS NOT NULL THEN
        query := format('SELECT DISTINCT t.date, t.id FROM (%s) v CROSS JOIN LATERAL (%s) t%s', parts, query, nearest);
    END IF;
    query := format('SELECT id FROM (%s) x', query);
    RETURN QUERY EXECUTE query
        USING current_household(), search_patterns(words), since, until, kinds, categories, locations, buckets, edge_date, edge_id, most;
END $$;
COMMENT ON FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[], DATE, UUID, BOOLEAN, INTEGER) IS
    'Ids of the household''s transactions beyond an edge, nearest first: at most `most`. NULL leaves a filter out; every word must occur, one of the values of each other filter must fit; a location and a bucket must meet in one posting.';

CREATE TYPE transaction_sums AS (entries BIGINT, income NUMERIC, expense NUMERIC, neutral NUMERIC);

CREATE FUNCTION sum_transactions(words TEXT[], since DATE, until DATE, kinds TEXT[], categories UUID[], locations UUID[], buckets UUID[])
    RETURNS transaction_sums
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    conditions TEXT := transaction_conditions(words, since, until, kinds, categories, locations, buckets);
    query TEXT;
    sums transaction_sums;
BEGIN
    IF coalesce(cardinality(locations), 0) + coalesce(cardinality(buckets), 0) = 0 THEN
        -- The amount of a transfer is what it moves; it adds up to nothing.
        query := 'SELECT count(*), coalesce(sum(t.amount_minor) FILTER (WHERE t.kind = ''income''), 0), coalesce(sum(t.amount_minor) FILTER (WHERE t.kind = ''expense''), 0),
                         coalesce(sum(t.amount_minor) FILTER (WHERE t.kind IN (''loan'', ''adjustment'')), 0)
                    FROM transactions t WHERE t.household_id = $1' || conditions;
    ELSE
        query := 'SELECT count(DISTINCT t.id), coalesce(sum(p.amount_minor) FILTER (WHERE t.kind = ''income''), 0), coalesce(sum(p.amount_minor) FILTER (WHERE t.kind = ''expense''), 0),
                         coalesce(sum(p.amount_minor) FILTER (WHERE t.sign = ''NEUTRAL''), 0)
                    FROM transactions t JOIN postings p ON p.household_id = t.household_id AND p.transaction_id = t.id WHERE t.household_id = $1' || conditions;
    END IF;
    EXECUTE query INTO sums USING current_household(), search_patterns(words), since, until, kinds, categories, locations, buckets;
    RETURN sums;
END $$;
COMMENT ON FUNCTION sum_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]) IS
    'How many transactions the filters find, and the signed sums of income, of expense, and of transfers, loans and adjustments together; with a location or bucket only the part that lies there.';

REVOKE ALL ON FUNCTION transaction_conditions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]),
    find_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[], DATE, UUID, BOOLEAN, INTEGER),
    sum_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[], DATE, UUID, BOOLEAN, INTEGER),
    sum_transactions(TEXT[], DATE, DATE, TEXT[], UUID[], UUID[], UUID[]) TO budget_app;
