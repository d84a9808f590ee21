DROP FUNCTION change_email(BYTEA), reset_password(BYTEA, TEXT), confirm_email(BYTEA), take_link(BYTEA, TEXT), find_link(BYTEA, TEXT),
    ask_my_deletion(TIMESTAMPTZ), drop_second_factor(), enable_second_factor(BIGINT, BYTEA[]), set_my_recovery_codes(BYTEA[]),
    begin_second_factor(BYTEA), my_second_factor(), drop_email_change(), begin_email_change(UUID, BYTEA, TEXT, INTERVAL),
    renew_my_session(UUID, BYTEA), end_my_other_devices(UUID), end_my_device(UUID), my_devices(), set_my_password(TEXT, UUID),
    log_out_everywhere(UUID, UUID), save_my_account(TEXT, TEXT, TEXT, TEXT), my_events(INTEGER), my_password_hash(), visible_people(UUID), my_account(),
    take_recovery_code(UUID, BYTEA), take_second_factor_step(UUID, BIGINT), note_security_event(UUID, UUID, TEXT, TEXT, TEXT, TEXT),
    revoke_refresh_token(BYTEA), rotate_refresh_token(BYTEA, BYTEA, INTERVAL),
    start_token_family(UUID, UUID, BYTEA, INTERVAL, TEXT, TEXT), start_session(UUID, BYTEA, UUID, UUID, INTERVAL, TEXT, TEXT),
    credentials_of(UUID), find_credentials(TEXT), enter_token(UUID, UUID, INTEGER, UUID), enter_session(BYTEA, INTERVAL),
    enter_household(UUID, UUID), current_person();
DROP TYPE refreshed;
DROP TYPE account;
DROP TYPE credentials;
DROP TYPE admission;
DROP TABLE security_events;
DROP TABLE recovery_codes;
DROP TABLE second_factors;
DROP TABLE one_time_links;
ALTER TABLE token_families DROP COLUMN last_used_at, DROP COLUMN address, DROP COLUMN client;
ALTER TABLE sessions DROP COLUMN address, DROP COLUMN browser;
ALTER TABLE users DROP COLUMN delete_after, DROP COLUMN email_confirmed_at, DROP COLUMN theme;

CREATE TYPE admission AS (
    user_id        UUID,
    email          TEXT,
    full_name      TEXT,
    number_format  TEXT,
    date_format    TEXT,
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
    SELECT u.id, u.email, u.full_name, u.number_format, u.date_format, h.id, h.name, h.currency, h.time_zone, m.role, h.ledger_version, NULL
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

CREATE TYPE credentials AS (user_id UUID, password_hash TEXT, token_epoch INTEGER, household_id UUID);

CREATE FUNCTION find_credentials(the_email TEXT) RETURNS credentials
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, u.password_hash, u.token_epoch,
           (SELECT m.household_id FROM members m WHERE m.user_id = u.id ORDER BY m.joined_at, m.household_id LIMIT 1)
      FROM users u
     WHERE lower(normalize(u.email, NFKC)) = lower(normalize(the_email, NFKC)) AND u.blocked_at IS NULL
$$;
COMMENT ON FUNCTION find_credentials(TEXT) IS 'What a log-in needs to check a password; NULL for an unknown or blocked person.';

CREATE FUNCTION start_session(the_session UUID, the_secret_hash BYTEA, the_user UUID, the_household UUID, lifetime INTERVAL) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO sessions (id, secret_hash, user_id, household_id, expires_at)
        VALUES (the_session, the_secret_hash, the_user, the_household, now() + lifetime);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

CREATE FUNCTION start_token_family(the_family UUID, the_user UUID, the_secret_hash BYTEA, lifetime INTERVAL) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO token_families (id, user_id) VALUES (the_family, the_user);
    INSERT INTO refresh_tokens (secret_hash, family_id, expires_at) VALUES (the_secret_hash, the_family, now() + lifetime);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

REVOKE ALL ON FUNCTION enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID), find_credentials(TEXT),
    start_session(UUID, BYTEA, UUID, UUID, INTERVAL), start_token_family(UUID, UUID, BYTEA, INTERVAL) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID), find_credentials(TEXT),
    start_session(UUID, BYTEA, UUID, UUID, INTERVAL), start_token_family(UUID, UUID, BYTEA, INTERVAL) TO budget_app;
