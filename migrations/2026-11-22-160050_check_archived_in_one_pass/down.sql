CREATE OR REPLACE FUNCTION refuse_archived() RETURNS trigger
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
