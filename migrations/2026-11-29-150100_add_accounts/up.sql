-- Accounts: what a person sets, proves and signs off. Links in mails, a second factor, the devices that are logged in, and what happened.
--
-- The entry query now admits a transaction to a person as well as to a household. The functions whose name begins with my_ act for that
-- person only, so no handler can act for another.

CREATE FUNCTION current_person() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.user_id', true), '')::uuid $$;
COMMENT ON FUNCTION current_person() IS 'The person that the entry query admitted this transaction for; NULL before.';

ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT 'system' CONSTRAINT user_theme_is_known CHECK (theme IN ('system', 'light', 'dark'));
ALTER TABLE users ADD COLUMN email_confirmed_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN delete_after TIMESTAMPTZ;
COMMENT ON COLUMN users.email_confirmed_at IS 'When it was proved that mail to the address reaches this person; NULL before.';
COMMENT ON COLUMN users.delete_after IS 'When the account goes, if its person does not change their mind; NULL for accounts that stay.';

ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '' CONSTRAINT session_browser_is_text CHECK (char_length(browser) <= 100);
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '' CONSTRAINT session_address_is_text CHECK (char_length(address) <= 45);
COMMENT ON COLUMN sessions.browser IS 'What the browser said it is at log-in, in words, such as Firefox on Linux.';
COMMENT ON COLUMN sessions.address IS 'The network address of the log-in.';
ALTER TABLE token_families ADD COLUMN client TEXT NOT NULL DEFAULT '' CONSTRAINT token_family_client_is_text CHECK (char_length(client) <= 100);
ALTER TABLE token_families ADD COLUMN address TEXT NOT NULL DEFAULT '' CONSTRAINT token_family_address_is_text CHECK (char_length(address) <= 45);
ALTER TABLE token_families ADD COLUMN last_used_at TIMESTAMPTZ NOT NULL DEFAULT now();
COMMENT ON COLUMN token_families.client IS 'What the program said it is at log-in.';
COMMENT ON COLUMN token_families.last_used_at IS 'When it last got a new access token.';

CREATE TABLE one_time_links (
    id          UUID        PRIMARY KEY,
    secret_hash BYTEA       NOT NULL UNIQUE,
    purpose     TEXT        NOT NULL CONSTRAINT one_time_link_purpose_is_known CHECK (purpose IN ('confirm_email', 'change_email', 'reset_password')),
    user_id     UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    email       TEXT        NOT NULL CONSTRAINT one_time_link_email_is_text CHECK (char_length(email) BETWEEN 3 AND 255),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at  TIMESTAMPTZ NOT NULL,
    CONSTRAINT one_time_link_is_the_newest UNIQUE (user_id, purpose)
);
COMMENT ON TABLE one_time_links IS 'Links that were mailed. Each works once, for an hour, and a newer one for the same purpose takes its place.';
COMMENT ON COLUMN one_time_links.secret_hash IS 'SHA-256 of the secret in the link; the secret itself is nowhere stored.';
COMMENT ON COLUMN one_time_links.email IS 'The address that it was mailed to.';

CREATE TABLE second_factors (
    user_id    UUID        PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    secret     BYTEA       NOT NULL,
    enabled_at TIMESTAMPTZ,
    last_step  BIGINT      NOT NULL DEFAULT 0,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE second_factors IS 'Codes from an app (TOTP, RFC 6238) that a log-in asks for beside the password.';
COMMENT ON COLUMN second_factors.secret IS 'Encrypted with a key of the installation, which is not in the database.';
COMMENT ON COLUMN second_factors.enabled_at IS 'Since when log-ins ask for it; NULL until the first code proved that the app has the secret.';
COMMENT ON COLUMN second_factors.last_step IS 'The time step of the last code that was taken: none counts twice.';

CREATE TABLE recovery_codes (
    user_id   UUID  NOT NULL REFERENCES second_factors ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE recovery_codes IS 'Codes that stand in for the second factor, once each; a used one is gone.';
COMMENT ON COLUMN recovery_codes.code_hash IS 'SHA-256 of the code, which is random.';

CREATE TABLE security_events (
    id      UUID        PRIMARY KEY,
    user_id UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    at      TIMESTAMPTZ NOT NULL DEFAULT now(),
    kind    TEXT        NOT NULL CONSTRAINT security_event_kind_is_a_word CHECK (kind ~ '^[a-z_]{1,40}$'),
    detail  TEXT        NOT NULL DEFAULT '' CONSTRAINT security_event_detail_is_text CHECK (char_length(detail) <= 600),
    address TEXT        NOT NULL DEFAULT '' CONSTRAINT security_event_address_is_text CHECK (char_length(address) <= 45),
    browser TEXT        NOT NULL DEFAULT '' CONSTRAINT security_event_browser_is_text CHECK (char_length(browser) <= 100)
);
CREATE INDEX security_events_by_user ON security_events (user_id, at DESC, id DESC);
COMMENT ON TABLE security_events IS 'What happened to an account: log-ins, failures, and changes of what protects it. Shown to its person, kept for a year.';

-- The entry query, with the person's theme, their session, and how many households they are in.
DROP FUNCTION enter_token(UUID, UUID, INTEGER, UUID);
DROP FUNCTION enter_session(BYTEA, INTERVAL);
DROP FUNCTION enter_household(UUID, UUID);
DROP TYPE admission;

CREATE TYPE admission AS (
    user_id           UUID,
    email             TEXT,
    full_name         TEXT,
    number_format     TEXT,
    date_format       TEXT,
    theme             TEXT,
    delete_after      TIMESTAMPTZ,
    household_id      UUID,
    household_name    TEXT,
    currency          TEXT,
    time_zone         TEXT,
    is_demo           BOOLEAN,
    role              TEXT,
    ledger_version    BIGINT,
    ledger_changed_at TIMESTAMPTZ,
    households_count  INTEGER,
    session_id        UUID,
    last_seen_at      TIMESTAMPTZ
);
COMMENT ON COLUMN admission.session_id IS 'The session, or the family of an access token; NULL for other credentials.';
COMMENT ON COLUMN admission.last_seen_at IS 'When the session was last noted as used; NULL for other credentials.';

CREATE FUNCTION enter_household(the_user UUID, the_household UUID) RETURNS admission
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_row admission;
BEGIN
    SELECT u.id, u.email, u.full_name, u.number_format, u.date_format, u.theme, u.delete_after,
           h.id, h.name, h.currency, h.time_zone, h.is_demo, m.role, h.ledger_version, h.ledger_changed_at,
           (SELECT count(*) FROM members o WHERE o.user_id = u.id), NULL, NULL
      INTO found_row
      FROM users u
      JOIN members m ON m.user_id = u.id
      JOIN households h ON h.id = m.household_id
     WHERE u.id = the_user AND u.blocked_at IS NULL AND (the_household IS NULL OR h.id = the_household)
     ORDER BY m.joined_at, h.id
     LIMIT 1;
    PERFORM set_config('app.household_id', coalesce(found_row.household_id::text, ''), true),
            set_config('app.user_id', coalesce(found_row.user_id::text, ''), true);
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
    SELECT s.id, s.user_id, s.household_id, s.last_seen_at INTO found_session
      FROM sessions s
     WHERE s.secret_hash = the_secret_hash AND s.expires_at > now() AND s.last_seen_at > now() - idle;
    IF NOT FOUND THEN
        PERFORM set_config('app.household_id', '', true), set_config('app.user_id', '', true);
        RETURN NULL;
    END IF;
    found_row := enter_household(found_session.user_id, found_session.household_id);
    IF found_row.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    found_row.session_id := found_session.id;
    found_row.last_seen_at := found_session.last_seen_at;
    RETURN found_row;
END $$;

CREATE FUNCTION enter_token(the_user UUID, the_family UUID, the_epoch INTEGER, the_household UUID) RETURNS admission
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_row admission;
BEGIN
    PERFORM FROM users u JOIN token_families f ON f.user_id = u.id
      WHERE u.id = the_user AND u.token_epoch = the_epoch AND f.id = the_family AND f.revoked_at IS NULL;
    IF NOT FOUND THEN
        PERFORM set_config('app.household_id', '', true), set_config('app.user_id', '', true);
        RETURN NULL;
    END IF;
    found_row := enter_household(the_user, the_household);
    IF found_row.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    found_row.session_id := the_family;
    RETURN found_row;
END $$;

-- Logging in.
DROP FUNCTION find_credentials(TEXT);
DROP TYPE credentials;
CREATE TYPE credentials AS (user_id UUID, password_hash TEXT, token_epoch INTEGER, household_id UUID, second_factor BYTEA);
COMMENT ON COLUMN credentials.second_factor IS 'The encrypted secret of the second factor; NULL for those without one.';

CREATE FUNCTION find_credentials(the_email TEXT) RETURNS credentials
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, u.password_hash, u.token_epoch,
           (SELECT m.household_id FROM members m WHERE m.user_id = u.id ORDER BY m.joined_at, m.household_id LIMIT 1),
           (SELECT f.secret FROM second_factors f WHERE f.user_id = u.id AND f.enabled_at IS NOT NULL)
      FROM users u
     WHERE lower(normalize(u.email, NFKC)) = lower(normalize(the_email, NFKC)) AND u.blocked_at IS NULL
$$;
COMMENT ON FUNCTION find_credentials(TEXT) IS 'What a log-in needs to check a password; NULL for an unknown or blocked person.';

CREATE FUNCTION credentials_of(the_user UUID) RETURNS credentials
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.* FROM users u, find_credentials(u.email) c WHERE u.id = the_user $$;
COMMENT ON FUNCTION credentials_of(UUID) IS 'The same by id: for the second step of a log-in.';

DROP FUNCTION start_session(UUID, BYTEA, UUID, UUID, INTERVAL);
CREATE FUNCTION start_session(the_session UUID, the_secret_hash BYTEA, the_user UUID, the_household UUID, lifetime INTERVAL,
                              the_browser TEXT, the_address TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO sessions (id, secret_hash, user_id, household_id, expires_at, browser, address)
        VALUES (the_session, the_secret_hash, the_user, the_household, now() + lifetime, the_browser, the_address);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

DROP FUNCTION start_token_family(UUID, UUID, BYTEA, INTERVAL);
CREATE FUNCTION start_token_family(the_family UUID, the_user UUID, the_secret_hash BYTEA, lifetime INTERVAL,
                                   the_client TEXT, the_address TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO token_families (id, user_id, client, address) VALUES (the_family, the_user, the_client, the_address);
    INSERT INTO refresh_tokens (secret_hash, family_id, expires_at) VALUES (the_secret_hash, the_family, now() + lifetime);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

CREATE TYPE refreshed AS (outcome TEXT, user_id UUID, family_id UUID, token_epoch INTEGER);

CREATE FUNCTION rotate_refresh_token(the_old_hash BYTEA, the_new_hash BYTEA, lifetime INTERVAL) RETURNS refreshed
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_token RECORD;
    answer refreshed;
BEGIN
    SELECT t.family_id, t.expires_at, t.used_at, f.revoked_at, f.user_id, u.token_epoch, u.blocked_at INTO found_token
      FROM refresh_tokens t
      JOIN token_families f ON f.id = t.family_id
      JOIN users u ON u.id = f.user_id
     WHERE t.secret_hash = the_old_hash
       FOR UPDATE OF t;
    IF NOT FOUND OR found_token.revoked_at IS NOT NULL OR found_token.expires_at <= now() OR found_token.blocked_at IS NOT NULL THEN
        RETURN NULL;
    END IF;
    answer.user_id := found_token.user_id;
    answer.family_id := found_token.family_id;
    answer.token_epoch := found_token.token_epoch;
    IF found_token.used_at IS NOT NULL THEN
        -- Somebody has a copy. Nobody can tell which of the two is the thief, so both are logged out (RFC 9700, 4.14.2).
        -- Of several that come at once, the first to get here says so.
        UPDATE token_families SET revoked_at = now() WHERE id = found_token.family_id AND revoked_at IS NULL;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        answer.outcome := 'reused';
        RETURN answer;
    END IF;
    UPDATE refresh_tokens SET used_at = now() WHERE secret_hash = the_old_hash;
    INSERT INTO refresh_tokens (secret_hash, family_id, expires_at) VALUES (the_new_hash, found_token.family_id, now() + lifetime);
    UPDATE token_families SET last_used_at = now() WHERE id = found_token.family_id;
    answer.outcome := 'rotated';
    RETURN answer;
END $$;
COMMENT ON FUNCTION rotate_refresh_token(BYTEA, BYTEA, INTERVAL) IS 'Takes a refresh token for a new one; a used one revokes its family. NULL for one that is not good.';

CREATE FUNCTION revoke_refresh_token(the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    UPDATE token_families f SET revoked_at = now() FROM refresh_tokens t
     WHERE t.secret_hash = the_secret_hash AND f.id = t.family_id AND f.revoked_at IS NULL
    RETURNING f.user_id
$$;
COMMENT ON FUNCTION revoke_refresh_token(BYTEA) IS 'Logs a program out, by any refresh token it had; whose it was, NULL if there was nothing to end.';

CREATE FUNCTION note_security_event(the_event UUID, the_user UUID, the_kind TEXT, the_detail TEXT, the_address TEXT, the_browser TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO security_events (id, user_id, kind, detail, address, browser)
        SELECT the_event, u.id, the_kind, the_detail, the_address, the_browser FROM users u WHERE u.id = the_user
$$;
COMMENT ON FUNCTION note_security_event(UUID, UUID, TEXT, TEXT, TEXT, TEXT) IS 'Notes what happened to an account; nothing for somebody who is not there, in the same time.';

-- The second step of a log-in.
CREATE FUNCTION take_second_factor_step(the_user UUID, the_step BIGINT) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH taken AS (UPDATE second_factors SET last_step = the_step WHERE user_id = the_user AND enabled_at IS NOT NULL AND last_step < the_step RETURNING true)
    SELECT EXISTS (SELECT FROM taken)
$$;
COMMENT ON FUNCTION take_second_factor_step(UUID, BIGINT) IS 'Whether a code of this time step still counts; it does not from then on.';

CREATE FUNCTION take_recovery_code(the_user UUID, the_code_hash BYTEA) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH taken AS (
        DELETE FROM recovery_codes c USING second_factors f
         WHERE c.user_id = the_user AND c.code_hash = the_code_hash AND f.user_id = c.user_id AND f.enabled_at IS NOT NULL RETURNING true)
    SELECT EXISTS (SELECT FROM taken)
$$;

-- What is nobody's business but the person's own.
CREATE TYPE account AS (
    created_at          TIMESTAMPTZ,
    last_login_at       TIMESTAMPTZ,
    email_confirmed_at  TIMESTAMPTZ,
    is_superuser        BOOLEAN,
    new_email           TEXT,
    second_factor_since TIMESTAMPTZ,
    recovery_codes      BIGINT
);
COMMENT ON COLUMN account.new_email IS 'An address that waits to be confirmed before it takes the place of the old one; NULL without one.';

CREATE FUNCTION my_account() RETURNS account
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.created_at, u.last_login_at, u.email_confirmed_at, u.is_superuser,
           (SELECT l.email FROM one_time_links l WHERE l.user_id = u.id AND l.purpose = 'change_email' AND l.expires_at > now()),
           (SELECT f.enabled_at FROM second_factors f WHERE f.user_id = u.id),
           (SELECT count(*) FROM recovery_codes c WHERE c.user_id = u.id)
      FROM users u WHERE u.id = current_person()
$$;

CREATE FUNCTION visible_people(the_user UUID) RETURNS TABLE (id UUID, email TEXT, full_name TEXT, is_active BOOLEAN, last_login_at TIMESTAMPTZ,
                                                             created_at TIMESTAMPTZ, updated_at TIMESTAMPTZ)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, u.email, u.full_name, u.blocked_at IS NULL, u.last_login_at, u.created_at, u.updated_at FROM users u
     WHERE (the_user IS NULL OR u.id = the_user)
       AND (u.id = current_person() OR (NOT u.is_demo AND EXISTS (SELECT FROM users me WHERE me.id = current_person() AND me.is_superuser)))
     ORDER BY u.created_at, u.id
$$;
COMMENT ON FUNCTION visible_people(UUID) IS 'The person themselves, and to a superuser everybody but people of demos; with an id only that one, if they may see it.';

CREATE FUNCTION my_password_hash() RETURNS TEXT
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT u.password_hash FROM users u WHERE u.id = current_person() $$;

CREATE FUNCTION my_events(the_most INTEGER) RETURNS TABLE (at TIMESTAMPTZ, kind TEXT, detail TEXT, address TEXT, browser TEXT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    -- Failures have a count of their own: whoever makes many cannot push out of sight what matters.
    SELECT e.at, e.kind, e.detail, e.address, e.browser
      FROM ((SELECT o.* FROM security_events o
              WHERE o.user_id = current_person() AND o.kind NOT IN ('log_in_failed', 'code_failed') ORDER BY o.at DESC, o.id DESC LIMIT the_most)
            UNION ALL
            (SELECT f.* FROM security_events f
              WHERE f.user_id = current_person() AND f.kind IN ('log_in_failed', 'code_failed') ORDER BY f.at DESC, f.id DESC LIMIT the_most / 2)) e
     ORDER BY e.at DESC, e.id DESC
$$;
COMMENT ON FUNCTION my_events(INTEGER) IS 'The latest events of the account, and half as many failed log-ins beside them.';

CREATE FUNCTION save_my_account(the_full_name TEXT, the_number_format TEXT, the_date_format TEXT, the_theme TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    UPDATE users SET full_name = the_full_name, number_format = the_number_format, date_format = the_date_format, theme = the_theme, updated_at = now()
     WHERE id = current_person()
$$;

-- Nobody but the functions below may call this one.
CREATE FUNCTION log_out_everywhere(the_user UUID, the_kept_session UUID) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    -- The person first: a log-in that is under way holds this row until its session can be seen, and deleted.
    UPDATE users SET token_epoch = token_epoch + 1 WHERE id = the_user;
    DELETE FROM sessions WHERE user_id = the_user AND id IS DISTINCT FROM the_kept_session;
    UPDATE token_families SET revoked_at = now() WHERE user_id = the_user AND revoked_at IS NULL;
$$;

CREATE FUNCTION set_my_password(the_password_hash TEXT, the_kept_session UUID) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    UPDATE users SET password_hash = the_password_hash, updated_at = now() WHERE id = current_person();
    DELETE FROM one_time_links WHERE user_id = current_person() AND purpose <> 'confirm_email';
    SELECT log_out_everywhere(current_person(), the_kept_session);
$$;
COMMENT ON FUNCTION set_my_password(TEXT, UUID) IS 'A new password: every other session and token ends, and links that were mailed are void.';

CREATE FUNCTION my_devices() RETURNS TABLE (id UUID, is_program BOOLEAN, name TEXT, address TEXT, created_at TIMESTAMPTZ, last_seen_at TIMESTAMPTZ)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT s.id, false, s.browser, s.address, s.created_at, s.last_seen_at FROM sessions s
     WHERE s.user_id = current_person() AND s.expires_at > now() AND s.last_seen_at > now() - interval '14 days'
    UNION ALL
    SELECT f.id, true, f.client, f.address, f.created_at, f.last_used_at FROM token_families f
     WHERE f.user_id = current_person() AND f.revoked_at IS NULL
       AND EXISTS (SELECT FROM refresh_tokens t WHERE t.family_id = f.id AND t.used_at IS NULL AND t.expires_at > now())
     ORDER BY 6 DESC, 1
$$;

CREATE FUNCTION end_my_device(the_device UUID) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH browser AS (DELETE FROM sessions WHERE id = the_device AND user_id = current_person() RETURNING true),
         program AS (UPDATE token_families SET revoked_at = now() WHERE id = the_device AND user_id = current_person() AND revoked_at IS NULL RETURNING true)
    SELECT EXISTS (SELECT FROM browser) OR EXISTS (SELECT FROM program)
$$;

CREATE FUNCTION end_my_other_devices(the_kept_session UUID) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT log_out_everywhere(current_person(), the_kept_session) $$;

CREATE FUNCTION renew_my_session(the_session UUID, the_secret_hash BYTEA) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH renewed AS (UPDATE sessions SET secret_hash = the_secret_hash WHERE id = the_session AND user_id = current_person() RETURNING true)
    SELECT EXISTS (SELECT FROM renewed)
$$;
COMMENT ON FUNCTION renew_my_session(UUID, BYTEA) IS 'Gives a session another secret: whoever had the earlier one is logged out.';

CREATE FUNCTION begin_email_change(the_link UUID, the_secret_hash BYTEA, the_email TEXT, lifetime INTERVAL) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO one_time_links (id, secret_hash, purpose, user_id, email, expires_at)
        VALUES (the_link, the_secret_hash, 'change_email', current_person(), the_email, now() + lifetime)
    ON CONFLICT ON CONSTRAINT one_time_link_is_the_newest DO UPDATE
       SET id = excluded.id, secret_hash = excluded.secret_hash, email = excluded.email, created_at = now(), expires_at = excluded.expires_at
$$;

CREATE FUNCTION drop_email_change() RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM one_time_links WHERE user_id = current_person() AND purpose = 'change_email' $$;

CREATE FUNCTION my_second_factor() RETURNS TABLE (secret BYTEA, enabled_at TIMESTAMPTZ)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT f.secret, f.enabled_at FROM second_factors f WHERE f.user_id = current_person() $$;

CREATE FUNCTION begin_second_factor(the_secret BYTEA) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH begun AS (
        INSERT INTO second_factors (user_id, secret) VALUES (current_person(), the_secret)
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = now() WHERE second_factors.enabled_at IS NULL
        RETURNING true)
    SELECT EXISTS (SELECT FROM begun)
$$;
COMMENT ON FUNCTION begin_second_factor(BYTEA) IS 'Keeps a secret that the app has yet to prove; false where a second factor is in use.';

CREATE FUNCTION set_my_recovery_codes(the_code_hashes BYTEA[]) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    DELETE FROM recovery_codes WHERE user_id = current_person() AND code_hash <> ALL (the_code_hashes);
    INSERT INTO recovery_codes (user_id, code_hash)
        SELECT current_person(), code FROM unnest(the_code_hashes) code ON CONFLICT DO NOTHING;
$$;

CREATE FUNCTION enable_second_factor(the_step BIGINT, the_code_hashes BYTEA[]) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    UPDATE second_factors SET enabled_at = now(), last_step = the_step WHERE user_id = current_person() AND enabled_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM set_my_recovery_codes(the_code_hashes);
    RETURN true;
END $$;

CREATE FUNCTION drop_second_factor() RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH dropped AS (DELETE FROM second_factors WHERE user_id = current_person() RETURNING enabled_at)
    SELECT EXISTS (SELECT FROM dropped WHERE enabled_at IS NOT NULL)
$$;

CREATE FUNCTION ask_my_deletion(the_moment TIMESTAMPTZ) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ UPDATE users SET delete_after = the_moment WHERE id = current_person() $$;
COMMENT ON FUNCTION ask_my_deletion(TIMESTAMPTZ) IS 'The account goes at this moment; NULL: it stays.';

-- Links that were mailed. The secret is the proof, so whoever has it may use them.
CREATE FUNCTION find_link(the_secret_hash BYTEA, the_purpose TEXT) RETURNS TABLE (user_id UUID, email TEXT, link_email TEXT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, u.email, l.email FROM one_time_links l JOIN users u ON u.id = l.user_id
     WHERE l.secret_hash = the_secret_hash AND l.purpose = the_purpose AND l.expires_at > now() AND u.blocked_at IS NULL
$$;

-- Nobody but the functions below may call this one.
CREATE FUNCTION take_link(the_secret_hash BYTEA, the_purpose TEXT) RETURNS one_time_links
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    DELETE FROM one_time_links l USING users u
     WHERE l.secret_hash = the_secret_hash AND l.purpose = the_purpose AND l.expires_at > now() AND u.id = l.user_id AND u.blocked_at IS NULL
    RETURNING l.*
$$;

CREATE FUNCTION confirm_email(the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    link one_time_links := take_link(the_secret_hash, 'confirm_email');
BEGIN
    UPDATE users SET email_confirmed_at = coalesce(email_confirmed_at, now()) WHERE id = link.user_id AND email = link.email;
    RETURN CASE WHEN FOUND THEN link.user_id END;
END $$;

CREATE FUNCTION reset_password(the_secret_hash BYTEA, the_password_hash TEXT) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    link one_time_links := take_link(the_secret_hash, 'reset_password');
BEGIN
    IF link.user_id IS NULL THEN
        RETURN NULL;
    END IF;
    -- Whoever has the link reads mail to this address.
    UPDATE users SET password_hash = the_password_hash, updated_at = now(),
                     email_confirmed_at = CASE WHEN email = link.email THEN coalesce(email_confirmed_at, now()) ELSE email_confirmed_at END
     WHERE id = link.user_id;
    DELETE FROM one_time_links WHERE user_id = link.user_id;
    PERFORM log_out_everywhere(link.user_id, NULL);
    RETURN link.user_id;
END $$;

CREATE FUNCTION change_email(the_secret_hash BYTEA) RETURNS TABLE (user_id UUID, old_email TEXT, new_email TEXT)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    link one_time_links := take_link(the_secret_hash, 'change_email');
    before TEXT;
BEGIN
    IF link.user_id IS NULL THEN
        RETURN;
    END IF;
    SELECT u.email INTO before FROM users u WHERE u.id = link.user_id FOR UPDATE;
    UPDATE users u SET email = link.email, email_confirmed_at = now(), updated_at = now() WHERE u.id = link.user_id;
    DELETE FROM one_time_links l WHERE l.user_id = link.user_id;
    RETURN QUERY SELECT link.user_id, before, link.email;
END $$;
COMMENT ON FUNCTION change_email(BYTEA) IS 'Puts the confirmed address in the place of the old one, and voids every link to the old one.';

REVOKE ALL ON FUNCTION current_person(), enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    find_credentials(TEXT), credentials_of(UUID), start_session(UUID, BYTEA, UUID, UUID, INTERVAL, TEXT, TEXT),
    start_token_family(UUID, UUID, BYTEA, INTERVAL, TEXT, TEXT), rotate_refresh_token(BYTEA, BYTEA, INTERVAL), revoke_refresh_token(BYTEA),
    note_security_event(UUID, UUID, TEXT, TEXT, TEXT, TEXT), take_second_factor_step(UUID, BIGINT), take_recovery_code(UUID, BYTEA),
    my_account(), visible_people(UUID), my_password_hash(), my_events(INTEGER), save_my_account(TEXT, TEXT, TEXT, TEXT), log_out_everywhere(UUID, UUID),
    set_my_password(TEXT, UUID), my_devices(), end_my_device(UUID), end_my_other_devices(UUID), renew_my_session(UUID, BYTEA),
    begin_email_change(UUID, BYTEA, TEXT, INTERVAL), drop_email_change(), my_second_factor(), begin_second_factor(BYTEA),
    set_my_recovery_codes(BYTEA[]), enable_second_factor(BIGINT, BYTEA[]), drop_second_factor(), ask_my_deletion(TIMESTAMPTZ),
    find_link(BYTEA, TEXT), take_link(BYTEA, TEXT), confirm_email(BYTEA), reset_password(BYTEA, TEXT), change_email(BYTEA) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_person(), enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    find_credentials(TEXT), credentials_of(UUID), start_session(UUID, BYTEA, UUID, UUID, INTERVAL, TEXT, TEXT),
    start_token_family(UUID, UUID, BYTEA, INTERVAL, TEXT, TEXT), rotate_refresh_token(BYTEA, BYTEA, INTERVAL), revoke_refresh_token(BYTEA),
    note_security_event(UUID, UUID, TEXT, TEXT, TEXT, TEXT), take_second_factor_step(UUID, BIGINT), take_recovery_code(UUID, BYTEA),
    my_account(), visible_people(UUID), my_password_hash(), my_events(INTEGER), save_my_account(TEXT, TEXT, TEXT, TEXT),
    set_my_password(TEXT, UUID), my_devices(), end_my_device(UUID), end_my_other_devices(UUID), renew_my_session(UUID, BYTEA),
    begin_email_change(UUID, BYTEA, TEXT, INTERVAL), drop_email_change(), my_second_factor(), begin_second_factor(BYTEA),
    set_my_recovery_codes(BYTEA[]), enable_second_factor(BIGINT, BYTEA[]), drop_second_factor(), ask_my_deletion(TIMESTAMPTZ),
    find_link(BYTEA, TEXT), confirm_email(BYTEA), reset_password(BYTEA, TEXT), change_email(BYTEA) TO budget_app;
