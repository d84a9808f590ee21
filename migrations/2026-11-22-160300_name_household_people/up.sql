-- Who did what: the members of the household that was entered, by name. Pages may know these, and nothing else of users.

CREATE FUNCTION household_people() RETURNS TABLE (user_id UUID, name TEXT)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
    SELECT u.id, coalesce(nullif(u.full_name, ''), u.email)
      FROM members m JOIN users u ON u.id = m.user_id
     WHERE m.household_id = current_household()
$$;
COMMENT ON FUNCTION household_people() IS 'The members of the entered household, each by their name or else their address; nobody when none was entered.';
REVOKE ALL ON FUNCTION household_people() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION household_people() TO budget_app;
