-- Sharing: invitations, roles that change, people who come and go, and households that end. A household is never without an owner.

ALTER TABLE households ADD COLUMN closed_at TIMESTAMPTZ;
COMMENT ON COLUMN households.closed_at IS 'When its owner deleted it: nobody is in it any more, and a job takes its rows away; NULL for all others.';

CREATE TABLE invitations (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    secret_hash  BYTEA       NOT NULL UNIQUE,
    email        TEXT        NOT NULL DEFAULT '' CONSTRAINT invitation_email_is_text CHECK (char_length(email) <= 255),
    role         TEXT        NOT NULL CONSTRAINT invitation_role_is_known CHECK (role IN ('owner', 'member', 'reader')),
    invited_by   UUID        REFERENCES users ON DELETE SET NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at   TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (household_id, id)
);
COMMENT ON TABLE invitations IS 'Links into a household. Each lets in one person, once; a used or withdrawn one is gone.';
COMMENT ON COLUMN invitations.secret_hash IS 'SHA-256 of the secret in the link; the secret itself is nowhere stored.';
COMMENT ON COLUMN invitations.email IS 'Where the link was mailed to; empty for one that is handed over in another way. Whoever has the link may use it.';
COMMENT ON COLUMN invitations.invited_by IS 'Who invited; NULL for the command line.';

-- Checked at commit, under the household's lock: of two owners who leave at once, the second sees that the first is gone.
CREATE FUNCTION check_household_has_an_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
BEGIN
    IF TG_TABLE_NAME = 'members' THEN
        the_household := OLD.household_id;
    ELSE
        the_household := NEW.id;
    END IF;
    PERFORM FROM households WHERE id = the_household AND closed_at IS NULL FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (SELECT FROM members WHERE household_id = the_household AND role = 'owner') THEN
        RAISE EXCEPTION 'a household has an owner' USING ERRCODE = 'check_violation', CONSTRAINT = 'household_has_an_owner';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER members_leave_an_owner AFTER UPDATE OR DELETE ON members
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_household_has_an_owner();
CREATE CONSTRAINT TRIGGER households_have_an_owner AFTER INSERT OR UPDATE OF closed_at ON households
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_household_has_an_owner();

-- Owners see the links of all open invitations: whoever is none any more, however that came, must not come back by one.
CREATE FUNCTION withdraw_links_of_former_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    DELETE FROM invitations WHERE household_id = OLD.household_id;
    RETURN NULL;
END $$;
CREATE TRIGGER members_withdraw_links_on_update AFTER UPDATE OF role ON members
    FOR EACH ROW WHEN (OLD.role = 'owner' AND NEW.role <> 'owner') EXECUTE FUNCTION withdraw_links_of_former_owner();
CREATE TRIGGER members_withdraw_links_on_delete AFTER DELETE ON members
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION withdraw_links_of_former_owner();

-- Who changed what outlives who did it, and is found by them when they go.
CREATE INDEX changes_by_user ON changes (user_id);
CREATE INDEX idempotency_keys_by_user ON idempotency_keys (user_id);
CREATE INDEX invitations_by_user ON invitations (invited_by);

-- Those who may not be called by requests begin here: what they do is checked by the functions that call them.

CREATE FUNCTION require_owner() RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
BEGIN
    -- One at a time: the household's row is the lock of everything about who is in it.
    SELECT h.id INTO the_household FROM households h WHERE h.id = current_household() FOR NO KEY UPDATE;
    PERFORM FROM members WHERE household_id = the_household AND user_id = current_person() AND role = 'owner';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an owner may do this' USING ERRCODE = 'check_violation', CONSTRAINT = 'owner_decides';
    END IF;
    RETURN the_household;
END $$;
COMMENT ON FUNCTION require_owner() IS 'The entered household, locked, if the person who entered it is one of its owners.';

CREATE FUNCTION give_a_household(the_user UUID, like_household UUID) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
BEGIN
    PERFORM FROM users WHERE id = the_user FOR NO KEY UPDATE;
    SELECT m.household_id INTO the_household FROM members m
     WHERE m.user_id = the_user AND m.household_id <> like_household ORDER BY m.joined_at, m.household_id LIMIT 1;
    IF FOUND THEN
        RETURN the_household;
    END IF;
    the_household := gen_random_uuid();
    INSERT INTO households (id, name, currency, time_zone) SELECT the_household, 'Household', h.currency, h.time_zone FROM households h WHERE h.id = like_household;
    INSERT INTO members (household_id, user_id, role) VALUES (the_household, the_user, 'owner');
    RETURN the_household;
END $$;
COMMENT ON FUNCTION give_a_household(UUID, UUID) IS 'The oldest other household of a person; a new and empty one for somebody who has no other, or they could not log in.';

CREATE FUNCTION close_household(the_household UUID) RETURNS VOID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    -- In one order, so that two that close at once do not wait for each other.
    PERFORM give_a_household(m.user_id, the_household) FROM (SELECT user_id FROM members WHERE household_id = the_household ORDER BY user_id) m;
    UPDATE households SET closed_at = now(), ledger_version = ledger_version + 1 WHERE id = the_household;
    DELETE FROM invitations WHERE household_id = the_household;
    DELETE FROM members WHERE household_id = the_household;
END $$;

CREATE FUNCTION delete_closed_household(the_household UUID) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM FROM households WHERE id = the_household AND closed_at IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    -- The transactions first: their postings hold on to locations and buckets.
    DELETE FROM transactions WHERE household_id = the_household;
    DELETE FROM households WHERE id = the_household;
    RETURN true;
END $$;
COMMENT ON FUNCTION delete_closed_household(UUID) IS 'Takes away the rows of a household that was deleted; false for any other.';

CREATE FUNCTION delete_person(the_user UUID) RETURNS SETOF UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    of_theirs RECORD;
BEGIN
    FOR of_theirs IN
        SELECT h.id FROM members m JOIN households h ON h.id = m.household_id WHERE m.user_id = the_user ORDER BY h.id FOR NO KEY UPDATE OF h
    LOOP
        DELETE FROM members WHERE household_id = of_theirs.id AND user_id = the_user;
        IF NOT EXISTS (SELECT FROM members WHERE household_id = of_theirs.id) THEN
            UPDATE households SET closed_at = now() WHERE id = of_theirs.id;
            DELETE FROM invitations WHERE household_id = of_theirs.id;
            RETURN NEXT of_theirs.id;
        ELSIF NOT EXISTS (SELECT FROM members WHERE household_id = of_theirs.id AND role = 'owner') THEN
            -- Whoever wrote before those who only read, and among them who came first.
            UPDATE members SET role = 'owner' WHERE (household_id, user_id) = (
                SELECT m.household_id, m.user_id FROM members m WHERE m.household_id = of_theirs.id ORDER BY m.role = 'reader', m.joined_at, m.user_id LIMIT 1);
        END IF;
    END LOOP;
    DELETE FROM users WHERE id = the_user;
END $$;
COMMENT ON FUNCTION delete_person(UUID) IS 'Deletes a person. What they alone were in is closed, and named in the answer; what they owned with others goes to whoever is next.';

-- From here on for requests.

CREATE FUNCTION my_households_if_i_go() RETURNS TABLE (name TEXT, role TEXT, people BIGINT, owners BIGINT, entries BIGINT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT h.name, m.role,
           (SELECT count(*) FROM members o WHERE o.household_id = h.id),
           (SELECT count(*) FROM members o WHERE o.household_id = h.id AND o.role = 'owner'),
           (SELECT coalesce(sum(t.entries_count), 0)::bigint FROM monthly_totals t WHERE t.household_id = h.id)
      FROM members m JOIN households h ON h.id = m.household_id
     WHERE m.user_id = current_person() ORDER BY m.joined_at, h.id
$$;
COMMENT ON FUNCTION my_households_if_i_go() IS 'What a person is in, with what decides whether it goes with them.';

CREATE FUNCTION my_households() RETURNS TABLE (id UUID, name TEXT, currency TEXT, time_zone TEXT, role TEXT, people BIGINT, joined_at TIMESTAMPTZ)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT h.id, h.name, h.currency, h.time_zone, m.role, (SELECT count(*) FROM members o WHERE o.household_id = h.id), m.joined_at
      FROM members m JOIN households h ON h.id = m.household_id
     WHERE m.user_id = current_person() ORDER BY m.joined_at, h.id
$$;

CREATE FUNCTION household_members() RETURNS TABLE (user_id UUID, full_name TEXT, email TEXT, role TEXT, joined_at TIMESTAMPTZ)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, u.full_name, u.email, m.role, m.joined_at
      FROM members m JOIN users u ON u.id = m.user_id
     WHERE m.household_id = current_household() ORDER BY m.joined_at, u.id
$$;
COMMENT ON FUNCTION household_members() IS 'Who is in the entered household, for those who are in it too.';

CREATE FUNCTION found_household(the_household UUID, the_name TEXT, the_currency TEXT, the_time_zone TEXT) RETURNS VOID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    INSERT INTO households (id, name, currency, time_zone) VALUES (the_household, the_name, the_currency, the_time_zone);
    INSERT INTO members (household_id, user_id, role) VALUES (the_household, current_person(), 'owner');
$$;

CREATE FUNCTION show_household(the_session UUID, the_household UUID, the_secret_hash BYTEA) RETURNS BOOLEAN
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    WITH shown AS (
        UPDATE sessions s SET household_id = the_household, secret_hash = the_secret_hash
         WHERE s.id = the_session AND s.user_id = current_person()
           AND EXISTS (SELECT FROM members m WHERE m.household_id = the_household AND m.user_id = s.user_id)
        RETURNING true)
    SELECT EXISTS (SELECT FROM shown)
$$;
COMMENT ON FUNCTION show_household(UUID, UUID, BYTEA) IS 'Lets a session show another household of its person, under a new secret; false where they are not in it.';

CREATE FUNCTION household_invitations() RETURNS TABLE (id UUID, email TEXT, role TEXT, invited_by TEXT, created_at TIMESTAMPTZ, expires_at TIMESTAMPTZ)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    RETURN QUERY SELECT i.id, i.email, i.role, coalesce(nullif(u.full_name, ''), u.email, ''), i.created_at, i.expires_at
      FROM invitations i LEFT JOIN users u ON u.id = i.invited_by
     WHERE i.household_id = current_household() AND i.expires_at > now()
       AND EXISTS (SELECT FROM members m WHERE m.household_id = i.household_id AND m.user_id = current_person() AND m.role = 'owner')
     ORDER BY i.created_at, i.id;
END $$;
COMMENT ON FUNCTION household_invitations() IS 'Open invitations into the entered household, for its owners; nothing for others.';

CREATE FUNCTION invite(the_invitation UUID, the_secret_hash BYTEA, the_email TEXT, the_role TEXT, lifetime INTERVAL) RETURNS VOID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID := require_owner();
BEGIN
    -- A newer one to the same address takes the place of the older one.
    DELETE FROM invitations WHERE household_id = the_household
       AND (expires_at <= now() OR (the_email <> '' AND lower(normalize(email, NFKC)) = lower(normalize(the_email, NFKC))));
    INSERT INTO invitations (household_id, id, secret_hash, email, role, invited_by, expires_at)
        VALUES (the_household, the_invitation, the_secret_hash, the_email, the_role, current_person(), now() + lifetime);
END $$;

CREATE FUNCTION withdraw_invitation(the_invitation UUID) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID := require_owner();
BEGIN
    DELETE FROM invitations WHERE household_id = the_household AND id = the_invitation;
    RETURN FOUND;
END $$;

CREATE FUNCTION find_invitation(the_secret_hash BYTEA) RETURNS TABLE (household_id UUID, household_name TEXT, role TEXT, invited_by TEXT, email TEXT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT h.id, h.name, i.role, coalesce(nullif(u.full_name, ''), u.email, ''), i.email
      FROM invitations i JOIN households h ON h.id = i.household_id LEFT JOIN users u ON u.id = i.invited_by
     WHERE i.secret_hash = the_secret_hash AND i.expires_at > now()
$$;

-- Nobody but the functions below may call this one.
CREATE FUNCTION let_in(the_secret_hash BYTEA, the_user UUID) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    found_row invitations;
BEGIN
    -- The household first, as everything about who is in it: nobody comes in while it is being deleted, and is left without one.
    PERFORM FROM households h WHERE h.id = (SELECT i.household_id FROM invitations i WHERE i.secret_hash = the_secret_hash)
        AND h.closed_at IS NULL AND NOT h.is_demo FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT i.* INTO found_row FROM invitations i WHERE i.secret_hash = the_secret_hash AND i.expires_at > now() FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    -- Somebody who is in already opened their own link: it stays for whom it was made.
    IF NOT EXISTS (SELECT FROM members m WHERE m.household_id = found_row.household_id AND m.user_id = the_user) THEN
        INSERT INTO members (household_id, user_id, role) VALUES (found_row.household_id, the_user, found_row.role);
        DELETE FROM invitations i WHERE i.household_id = found_row.household_id AND i.id = found_row.id;
    END IF;
    RETURN found_row.household_id;
END $$;
COMMENT ON FUNCTION let_in(BYTEA, UUID) IS 'Lets a person into the household of an invitation, which is used up; the household, NULL for a link that is not good.';

CREATE FUNCTION accept_invitation(the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT let_in(the_secret_hash, current_person()) $$;

CREATE FUNCTION sign_up_invited(the_user UUID, the_email TEXT, the_full_name TEXT, the_password_hash TEXT, the_number_format TEXT, the_date_format TEXT,
                                the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID;
BEGIN
    -- Whether somebody has the address is nobody's business who has no good link.
    IF NOT EXISTS (SELECT FROM invitations i WHERE i.secret_hash = the_secret_hash AND i.expires_at > now()) THEN
        RETURN NULL;
    END IF;
    INSERT INTO users (id, email, full_name, password_hash, number_format, date_format)
        VALUES (the_user, the_email, the_full_name, the_password_hash, the_number_format, the_date_format);
    the_household := let_in(the_secret_hash, the_user);
    IF the_household IS NULL THEN
        DELETE FROM users WHERE id = the_user;
    END IF;
    RETURN the_household;
END $$;
COMMENT ON FUNCTION sign_up_invited(UUID, TEXT, TEXT, TEXT, TEXT, TEXT, BYTEA) IS 'Makes a user who comes into the household of an invitation, and has none of their own; NULL, and nobody, for a link that is not good.';

CREATE FUNCTION change_role(the_user UUID, the_role TEXT, the_kept_session UUID) RETURNS TEXT
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID := require_owner();
    before TEXT;
BEGIN
    SELECT m.role INTO before FROM members m WHERE m.household_id = the_household AND m.user_id = the_user;
    IF before IS NULL OR before = the_role THEN
        RETURN before;
    END IF;
    UPDATE members SET role = the_role WHERE household_id = the_household AND user_id = the_user;
    -- A session does not outlive the role it began with. The one that asks goes on under another secret, which the caller sets.
    DELETE FROM sessions WHERE household_id = the_household AND user_id = the_user AND id IS DISTINCT FROM the_kept_session;
    RETURN before;
END $$;
COMMENT ON FUNCTION change_role(UUID, TEXT, UUID) IS 'Gives a member another role, and says which they had; NULL where there is no such member.';

CREATE FUNCTION remove_member(the_user UUID) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID := require_owner();
BEGIN
    IF NOT EXISTS (SELECT FROM members m WHERE m.household_id = the_household AND m.user_id = the_user) THEN
        RETURN false;
    END IF;
    PERFORM give_a_household(the_user, the_household);
    DELETE FROM members WHERE household_id = the_household AND user_id = the_user;
    RETURN true;
END $$;

CREATE FUNCTION leave_household(the_session UUID, the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    next_household UUID;
BEGIN
    PERFORM FROM households WHERE id = current_household() FOR NO KEY UPDATE;
    next_household := give_a_household(current_person(), current_household());
    PERFORM show_household(the_session, next_household, the_secret_hash);
    DELETE FROM members WHERE household_id = current_household() AND user_id = current_person();
    RETURN next_household;
END $$;
COMMENT ON FUNCTION leave_household(UUID, BYTEA) IS 'Takes the person out of the entered household; the session goes on with another, under a new secret.';

CREATE FUNCTION hand_over(the_user UUID, the_kept_session UUID) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM require_owner();
    IF the_user = current_person() OR change_role(the_user, 'owner', NULL) IS NULL THEN
        RETURN false;
    END IF;
    PERFORM change_role(current_person(), 'member', the_kept_session);
    RETURN true;
END $$;
COMMENT ON FUNCTION hand_over(UUID, UUID) IS 'Makes another member an owner, and the person a member.';

CREATE FUNCTION end_household(the_session UUID, the_secret_hash BYTEA) RETURNS UUID
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
DECLARE
    the_household UUID := require_owner();
    next_household UUID;
BEGIN
    next_household := give_a_household(current_person(), the_household);
    PERFORM show_household(the_session, next_household, the_secret_hash);
    PERFORM close_household(the_household);
    RETURN next_household;
END $$;
COMMENT ON FUNCTION end_household(UUID, BYTEA) IS 'Deletes the entered household for everybody in it; a job takes its rows away. The session goes on with another, under a new secret.';

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY[
        'check_household_has_an_owner()', 'require_owner()', 'give_a_household(UUID, UUID)', 'close_household(UUID)', 'delete_closed_household(UUID)',
        'delete_person(UUID)', 'let_in(BYTEA, UUID)', 'withdraw_links_of_former_owner()'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    END LOOP;
    FOREACH one IN ARRAY ARRAY[
        'my_households()', 'my_households_if_i_go()', 'household_members()', 'found_household(UUID, TEXT, TEXT, TEXT)', 'show_household(UUID, UUID, BYTEA)', 'household_invitations()',
        'invite(UUID, BYTEA, TEXT, TEXT, INTERVAL)', 'withdraw_invitation(UUID)', 'find_invitation(BYTEA)', 'accept_invitation(BYTEA)',
        'sign_up_invited(UUID, TEXT, TEXT, TEXT, TEXT, TEXT, BYTEA)', 'change_role(UUID, TEXT, UUID)', 'remove_member(UUID)', 'leave_household(UUID, BYTEA)',
        'hand_over(UUID, UUID)', 'end_household(UUID, BYTEA)'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO budget_app', one);
    END LOOP;
END $$;
