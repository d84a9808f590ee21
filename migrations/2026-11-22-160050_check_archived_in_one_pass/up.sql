-- The guard of archived things looked for each changed posting among all old ones: a merge of ten thousand took eight seconds. Sets are
-- compared by hashing now, whatever plan was kept from an update of a single row.
CREATE OR REPLACE FUNCTION refuse_archived() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_name TEXT;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT min(x.name) INTO found_name FROM (
            SELECT l.name FROM (SELECT household_id, transaction_id, line, location_id, amount_minor FROM new_rows
                                EXCEPT SELECT household_id, transaction_id, line, location_id, amount_minor FROM old_rows) n
              JOIN locations l ON l.household_id = n.household_id AND l.id = n.location_id WHERE l.archived_at IS NOT NULL
            UNION ALL
            SELECT b.name FROM (SELECT household_id, transaction_id, line, bucket_id, amount_minor FROM new_rows
                                EXCEPT SELECT household_id, transaction_id, line, bucket_id, amount_minor FROM old_rows) n
              JOIN buckets b ON b.household_id = n.household_id AND b.id = n.bucket_id WHERE b.archived_at IS NOT NULL
            UNION ALL
            SELECT c.name FROM (SELECT household_id, transaction_id, line, category_id FROM new_rows
                                EXCEPT SELECT household_id, transaction_id, line, category_id FROM old_rows) n
              JOIN categories c ON c.household_id = n.household_id AND c.id = n.category_id WHERE c.archived_at IS NOT NULL) x;
    ELSE
        SELECT min(x.name) INTO found_name FROM (
            SELECT l.name FROM (SELECT DISTINCT household_id, location_id FROM new_rows) n
              JOIN locations l ON l.household_id = n.household_id AND l.id = n.location_id WHERE l.archived_at IS NOT NULL
            UNION ALL
            SELECT b.name FROM (SELECT DISTINCT household_id, bucket_id FROM new_rows) n
              JOIN buckets b ON b.household_id = n.household_id AND b.id = n.bucket_id WHERE b.archived_at IS NOT NULL
            UNION ALL
            SELECT c.name FROM (SELECT DISTINCT household_id, category_id FROM new_rows) n
              JOIN categories c ON c.household_id = n.household_id AND c.id = n.category_id WHERE c.archived_at IS NOT NULL) x;
    END IF;
    IF found_name IS NOT NULL THEN
        RAISE EXCEPTION 'an archived location, bucket or category takes no postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_is_not_on_an_archived_thing';
    END IF;
    RETURN NULL;
END $$;
