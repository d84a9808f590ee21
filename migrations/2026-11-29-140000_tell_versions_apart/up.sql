-- A database that is put back from a backup counts its ledger versions from there again, so that one number comes twice, with other
-- content. What is kept outside of the database under a version has to tell the two apart: by the moment at which the version was reached.

ALTER TABLE households ADD COLUMN ledger_changed_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN households.ledger_changed_at IS 'When the ledger version was reached: tells it from one of the same number before a backup was put back.';

CREATE FUNCTION note_ledger_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    NEW.ledger_changed_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER households_note_their_ledger_change BEFORE UPDATE OF ledger_version ON households
    FOR EACH ROW EXECUTE FUNCTION note_ledger_change();

CREATE FUNCTION ledger_changed_at(the_household UUID) RETURNS TIMESTAMPTZ
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT h.ledger_changed_at FROM households h WHERE h.id = the_household AND h.id = current_household() $$;
COMMENT ON FUNCTION ledger_changed_at(UUID) IS 'When the ledger of the household that this transaction was admitted to last changed; NULL for any other.';

REVOKE ALL ON FUNCTION note_ledger_change(), ledger_changed_at(UUID) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_changed_at(UUID) TO budget_app;
