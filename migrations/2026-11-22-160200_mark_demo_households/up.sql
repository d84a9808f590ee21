-- Demos: a household and a person that a visitor makes, and that go when they leave. Both carry a mark, which only a new household can
-- get, and the functions here delete nothing without it.

ALTER TABLE households ADD COLUMN is_demo BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN households.is_demo IS 'A visitor''s demo, deleted when they leave, or after a day.';
CREATE INDEX households_demos ON households (created_at) WHERE is_demo;
ALTER TABLE users ADD COLUMN is_demo BOOLEAN NOT NULL DEFAULT false;
COMMENT ON COLUMN users.is_demo IS 'Made together with a demo household, and deleted with it.';

CREATE FUNCTION is_demo(the_household UUID) RETURNS BOOLEAN
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT coalesce((SELECT h.is_demo FROM households h WHERE h.id = the_household AND h.id = current_household()), false) $$;
COMMENT ON FUNCTION is_demo(UUID) IS 'Whether the household that this transaction was admitted to is a demo; false for any other.';

CREATE FUNCTION mark_demo(the_user UUID, the_household UUID) RETURNS VOID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    -- now() is when this transaction began: nobody can mark what was there before.
    PERFORM FROM members m JOIN users u ON u.id = m.user_id JOIN households h ON h.id = m.household_id
      WHERE m.household_id = the_household AND m.user_id = the_user AND u.created_at = now() AND h.created_at = now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only what was just made becomes a demo' USING ERRCODE = 'check_violation', CONSTRAINT = 'demo_is_new';
    END IF;
    UPDATE users SET is_demo = true WHERE id = the_user;
    UPDATE households SET is_demo = true WHERE id = the_household;
END $$;
COMMENT ON FUNCTION mark_demo(UUID, UUID) IS 'Makes a demo of a user and their household, in the transaction that signs them up.';

-- Nobody but the functions below may call this one.
CREATE FUNCTION delete_demo(the_household UUID) RETURNS VOID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    visitors UUID[];
BEGIN
    PERFORM FROM households WHERE id = the_household AND is_demo FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT array_agg(u.id) INTO visitors FROM members m JOIN users u ON u.id = m.user_id WHERE m.household_id = the_household AND u.is_demo;
    -- The transactions first: their postings hold on to locations and buckets.
    DELETE FROM transactions WHERE household_id = the_household;
    DELETE FROM households WHERE id = the_household;
    DELETE FROM users WHERE id = ANY (visitors) AND is_demo;
END $$;

CREATE FUNCTION leave_demo(the_secret_hash BYTEA) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
BEGIN
    SELECT h.id INTO the_household
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.is_demo
      JOIN households h ON h.id = s.household_id AND h.is_demo
     WHERE s.secret_hash = the_secret_hash AND s.expires_at > now();
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM delete_demo(the_household);
    RETURN true;
END $$;
COMMENT ON FUNCTION leave_demo(BYTEA) IS 'Deletes the demo household that this session shows, and the person it was made for; false for any other session.';

CREATE FUNCTION forget_old_demos() RETURNS BIGINT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    old_household UUID;
BEGIN
    -- Few at a time: whoever makes a demo waits for this.
    FOR old_household IN
        SELECT id FROM households WHERE is_demo AND created_at < now() - interval '1 day' ORDER BY created_at, id LIMIT 3 FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM delete_demo(old_household);
    END LOOP;
    RETURN (SELECT count(*) FROM households WHERE is_demo);
END $$;
COMMENT ON FUNCTION forget_old_demos() IS 'Deletes some of the demos that are over a day old, and counts those that are left.';

REVOKE ALL ON FUNCTION is_demo(UUID), mark_demo(UUID, UUID), delete_demo(UUID), leave_demo(BYTEA), forget_old_demos() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_demo(UUID), mark_demo(UUID, UUID), leave_demo(BYTEA), forget_old_demos() TO budget_app;
