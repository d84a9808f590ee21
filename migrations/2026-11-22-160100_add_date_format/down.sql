DROP FUNCTION sign_up(UUID, TEXT, TEXT, TEXT, TEXT, TEXT, UUID, TEXT, TEXT, TEXT);
DROP FUNCTION enter_token(UUID, UUID, INTEGER, UUID);
DROP FUNCTION enter_session(BYTEA, INTERVAL);
DROP FUNCTION enter_household(UUID, UUID);
DROP TYPE admission;

ALTER TABLE users DROP COLUMN date_format;

CREATE TYPE admission AS (
    user_id        UUID,
    email          TEXT,
    full_name      TEXT,
    number_format  TEXT,
    household_id   UUID,
    household_name TEXT,
    currency       TEXT,
    time_zone      TEXT,
    role           TEXT,
    ledger_version BIGINT,
    last_seen_at   TIMESTAMPTZ
);
COMMENT ON COLUMN admission.last_seen_at IS 'When the session was last noted as used; NULL for other credentials.';

CREATE FUNCTION enter_household(the_user UUID, the_household UUID) RETURNS admission
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_row admission;
BEGIN
    SELECT u.id, u.email, u.full_name, u.number_format, h.id, h.name, h.currency, h.time_zone, m.role, h.ledger_version, NULL
      INTO found_row
      FROM users u
      JOIN members m ON m.user_id = u.id
      JOIN households h ON h.id = m.household_id
     WHERE u.id = the_user AND u.blocked_at IS NULL AND (the_household IS NULL OR h.id = the_household)
     ORDER BY m.joined_at, h.id
     LIMIT 1;
    PERFORM set_config('app.household_id', coalesce(found_row.household_id::text, ''), true);
    IF found_row.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    RETURN found_row;
END $$;
COMMENT ON FUNCTION enter_household(UUID, UUID) IS 'For callers that are trusted already (command line, jobs); without a household the oldest membership counts.';

CREATE FUNCTION enter_session(the_secret_hash BYTEA, idle INTERVAL) RETURNS admission
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_session RECORD;
    found_row admission;
BEGIN
    SELECT s.user_id, s.household_id, s.last_seen_at INTO found_session
      FROM sessions s
     WHERE s.secret_hash = the_secret_hash AND s.expires_at > now() AND s.last_seen_at > now() - idle;
    IF NOT FOUND THEN
        PERFORM set_config('app.household_id', '', true);
        RETURN NULL;
    END IF;
    found_row := enter_household(found_session.user_id, found_session.household_id);
    IF found_row.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    found_row.last_seen_at := found_session.last_seen_at;
    RETURN found_row;
END $$;

CREATE FUNCTION enter_token(the_user UUID, the_family UUID, the_epoch INTEGER, the_household UUID) RETURNS admission
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM FROM users u JOIN token_families f ON f.user_id = u.id
      WHERE u.id = the_user AND u.token_epoch = the_epoch AND f.id = the_family AND f.revoked_at IS NULL;
    IF NOT FOUND THEN
        PERFORM set_config('app.household_id', '', true);
        RETURN NULL;
    END IF;
    RETURN enter_household(the_user, the_household);
END $$;

CREATE FUNCTION sign_up(the_user UUID, the_email TEXT, the_full_name TEXT, the_password_hash TEXT, the_number_format TEXT,
                        the_household UUID, the_household_name TEXT, the_currency TEXT, the_time_zone TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO users (id, email, full_name, password_hash, number_format)
        VALUES (the_user, the_email, the_full_name, the_password_hash, the_number_format);
    INSERT INTO households (id, name, currency, time_zone) VALUES (the_household, the_household_name, the_currency, the_time_zone);
    INSERT INTO members (household_id, user_id, role) VALUES (the_household, the_user, 'owner');
$$;

REVOKE ALL ON FUNCTION enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    sign_up(UUID, TEXT, TEXT, TEXT, TEXT, UUID, TEXT, TEXT, TEXT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    sign_up(UUID, TEXT, TEXT, TEXT, TEXT, UUID, TEXT, TEXT, TEXT) TO budget_app;
