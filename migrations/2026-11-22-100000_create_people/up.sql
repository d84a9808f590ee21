-- Households, their people, and how a request enters the database.

-- The role that every request runs as. It owns nothing and cannot log in; the connecting role switches to it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'budget_app') THEN
        BEGIN
            CREATE ROLE budget_app NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server was migrated at the same moment
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'budget_app', 'MEMBER') THEN
        EXECUTE format('GRANT budget_app TO %I', current_user);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The role % may not create roles. Ask an administrator of this Postgres to run: CREATE ROLE budget_app NOLOGIN; GRANT budget_app TO %; Then start again.',
        quote_ident(current_user), quote_ident(current_user);
END $$;

GRANT USAGE ON SCHEMA public TO budget_app;

CREATE FUNCTION current_household() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.household_id', true), '')::uuid $$;
COMMENT ON FUNCTION current_household() IS 'The household that the entry query admitted this transaction to; NULL before.';

CREATE TABLE households (
    id             UUID        PRIMARY KEY,
    name           TEXT        NOT NULL CONSTRAINT household_name_is_text
                               CHECK (name = btrim(name) AND char_length(name) BETWEEN 1 AND 255 AND name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    currency       TEXT        NOT NULL CONSTRAINT household_currency_is_a_code CHECK (currency ~ '^[A-Z]{3}$'),
    time_zone      TEXT        NOT NULL DEFAULT 'UTC' CONSTRAINT household_time_zone_is_text CHECK (char_length(time_zone) BETWEEN 1 AND 64),
    ledger_version BIGINT      NOT NULL DEFAULT 0,
    created_at     TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE households IS 'The owner of all money data: the tenant.';
COMMENT ON COLUMN households.currency IS 'ISO 4217 code; fixed once the household has transactions.';
COMMENT ON COLUMN households.time_zone IS 'IANA name; decides which day is today.';
COMMENT ON COLUMN households.ledger_version IS 'Goes up with every write to this household: the key of every cache, and the lock of its one writer.';

CREATE TABLE users (
    id            UUID        PRIMARY KEY,
    email         TEXT        NOT NULL CONSTRAINT user_email_is_text
                              CHECK (email = btrim(email) AND char_length(email) BETWEEN 3 AND 255 AND email LIKE '%_@_%' AND email !~ '[[:space:]\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    full_name     TEXT        NOT NULL DEFAULT '' CONSTRAINT user_full_name_is_text
                              CHECK (full_name = btrim(full_name) AND char_length(full_name) <= 255 AND full_name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029]'),
    password_hash TEXT        NOT NULL,
    number_format TEXT        NOT NULL DEFAULT 'comma_point' CONSTRAINT user_number_format_is_known
                              CHECK (number_format IN ('comma_point', 'point_comma', 'space_comma', 'apostrophe_point')),
    is_superuser  BOOLEAN     NOT NULL DEFAULT false,
    blocked_at    TIMESTAMPTZ,
    token_epoch   INTEGER     NOT NULL DEFAULT 0,
    last_login_at TIMESTAMPTZ,
    created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at    TIMESTAMPTZ NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX users_email_is_unique ON users (lower(normalize(email, NFKC)));
COMMENT ON TABLE users IS 'People who can log in, known by e-mail address.';
COMMENT ON COLUMN users.password_hash IS 'Argon2id in PHC format.';
COMMENT ON COLUMN users.blocked_at IS 'Since when this person may not log in; NULL for everybody else.';
COMMENT ON COLUMN users.token_epoch IS 'Access tokens of an earlier epoch are refused: raised by log-out everywhere, a new password and blocking.';

CREATE TABLE members (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    user_id      UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    role         TEXT        NOT NULL CONSTRAINT member_role_is_known CHECK (role IN ('owner', 'member', 'reader')),
    joined_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id, joined_at, household_id);
COMMENT ON TABLE members IS 'Which person belongs to which household, and what they may do there.';
COMMENT ON COLUMN members.role IS 'owner: everything; member: reads and writes; reader: reads.';

CREATE TABLE sessions (
    id           UUID        PRIMARY KEY,
    secret_hash  BYTEA       NOT NULL UNIQUE,
    user_id      UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    household_id UUID        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at   TIMESTAMPTZ NOT NULL,
    FOREIGN KEY (household_id, user_id) REFERENCES members ON DELETE CASCADE
);
CREATE INDEX sessions_by_user ON sessions (user_id);
COMMENT ON TABLE sessions IS 'Browsers that are logged in. Survives a restart; deleting a row logs that browser out at once.';
COMMENT ON COLUMN sessions.secret_hash IS 'SHA-256 of the secret in the cookie; the secret itself is nowhere stored.';
COMMENT ON COLUMN sessions.household_id IS 'The household that this browser shows.';

CREATE TABLE token_families (
    id         UUID        PRIMARY KEY,
    user_id    UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    revoked_at TIMESTAMPTZ
);
CREATE INDEX token_families_by_user ON token_families (user_id);
COMMENT ON TABLE token_families IS 'One log-in over the API: an access token names its family (sid), and revoking the family ends them all.';

CREATE TABLE refresh_tokens (
    secret_hash BYTEA       PRIMARY KEY,
    family_id   UUID        NOT NULL REFERENCES token_families ON DELETE CASCADE,
    created_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (family_id);
COMMENT ON TABLE refresh_tokens IS 'Secrets that buy a new access token, once each.';
COMMENT ON COLUMN refresh_tokens.secret_hash IS 'SHA-256 of the token; the token itself is nowhere stored.';

-- Row-level security guards against a forgotten WHERE. The owner (migrations, command line) is not bound by it.
ALTER TABLE households ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_household ON households USING (id = (SELECT current_household())) WITH CHECK (id = (SELECT current_household()));
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_household ON members USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()));

GRANT SELECT, UPDATE (name, currency, time_zone, ledger_version) ON households TO budget_app;
GRANT SELECT ON members TO budget_app;

-- Who a credential belongs to, what they may do, and the household's settings; admits the transaction to that household.
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

CREATE FUNCTION sign_up(the_user UUID, the_email TEXT, the_full_name TEXT, the_password_hash TEXT, the_number_format TEXT,
                        the_household UUID, the_household_name TEXT, the_currency TEXT, the_time_zone TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO users (id, email, full_name, password_hash, number_format)
        VALUES (the_user, the_email, the_full_name, the_password_hash, the_number_format);
    INSERT INTO households (id, name, currency, time_zone) VALUES (the_household, the_household_name, the_currency, the_time_zone);
    INSERT INTO members (household_id, user_id, role) VALUES (the_household, the_user, 'owner');
$$;

CREATE FUNCTION start_session(the_session UUID, the_secret_hash BYTEA, the_user UUID, the_household UUID, lifetime INTERVAL) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO sessions (id, secret_hash, user_id, household_id, expires_at)
        VALUES (the_session, the_secret_hash, the_user, the_household, now() + lifetime);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

CREATE FUNCTION touch_session(the_secret_hash BYTEA) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ UPDATE sessions SET last_seen_at = now() WHERE secret_hash = the_secret_hash AND last_seen_at < now() - interval '1 hour' $$;

CREATE FUNCTION end_session(the_secret_hash BYTEA) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DELETE FROM sessions WHERE secret_hash = the_secret_hash $$;

CREATE FUNCTION start_token_family(the_family UUID, the_user UUID, the_secret_hash BYTEA, lifetime INTERVAL) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO token_families (id, user_id) VALUES (the_family, the_user);
    INSERT INTO refresh_tokens (secret_hash, family_id, expires_at) VALUES (the_secret_hash, the_family, now() + lifetime);
    UPDATE users SET last_login_at = now() WHERE id = the_user;
$$;

REVOKE ALL ON FUNCTION current_household(), enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    find_credentials(TEXT), sign_up(UUID, TEXT, TEXT, TEXT, TEXT, UUID, TEXT, TEXT, TEXT),
    start_session(UUID, BYTEA, UUID, UUID, INTERVAL), touch_session(BYTEA), end_session(BYTEA),
    start_token_family(UUID, UUID, BYTEA, INTERVAL) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION current_household(), enter_household(UUID, UUID), enter_session(BYTEA, INTERVAL), enter_token(UUID, UUID, INTEGER, UUID),
    find_credentials(TEXT), sign_up(UUID, TEXT, TEXT, TEXT, TEXT, UUID, TEXT, TEXT, TEXT),
    start_session(UUID, BYTEA, UUID, UUID, INTERVAL), touch_session(BYTEA), end_session(BYTEA),
    start_token_family(UUID, UUID, BYTEA, INTERVAL) TO budget_app;
