-- What happened to the ledger (append-only, the source of undo), and which answers were given already.

CREATE TABLE changes (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    id           UUID        NOT NULL,
    at           TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    user_id      UUID        REFERENCES users ON DELETE SET NULL,
    action       TEXT        NOT NULL CONSTRAINT change_action_is_text CHECK (char_length(action) BETWEEN 1 AND 64),
    summary      TEXT        NOT NULL,
    undoes       UUID,
    PRIMARY KEY (household_id, id),
    CONSTRAINT change_undoes_a_change FOREIGN KEY (household_id, undoes) REFERENCES changes,
    CONSTRAINT change_is_undone_once UNIQUE (household_id, undoes)
);
CREATE INDEX changes_newest ON changes (household_id, at DESC, id DESC);
COMMENT ON TABLE changes IS 'One row a command. Rows are never changed, and go only with their household.';
COMMENT ON COLUMN changes.user_id IS 'Who did it; NULL once that account is deleted.';
COMMENT ON COLUMN changes.action IS 'What was done, such as transaction.add.';
COMMENT ON COLUMN changes.summary IS 'A few words for people, such as the description of the entry.';
COMMENT ON COLUMN changes.undoes IS 'The change that this one takes back.';

CREATE TABLE change_items (
    household_id UUID    NOT NULL,
    change_id    UUID    NOT NULL,
    position     INTEGER NOT NULL,
    noun         TEXT    NOT NULL CONSTRAINT change_item_noun_is_known CHECK (noun IN ('transaction', 'location', 'bucket', 'category')),
    object_id    UUID    NOT NULL,
    before       JSONB,
    after        JSONB,
    PRIMARY KEY (household_id, change_id, position),
    CONSTRAINT change_item_has_its_change FOREIGN KEY (household_id, change_id) REFERENCES changes ON DELETE CASCADE
);
CREATE INDEX change_items_by_object ON change_items (household_id, object_id);
COMMENT ON TABLE change_items IS 'The rows that a change touched, before and after it; of an import the ids only.';
COMMENT ON COLUMN change_items.before IS 'NULL when the object was made by this change.';
COMMENT ON COLUMN change_items.after IS 'NULL when the object was deleted by this change, and of imported objects.';

CREATE TABLE idempotency_keys (
    household_id UUID        NOT NULL REFERENCES households ON DELETE CASCADE,
    user_id      UUID        NOT NULL REFERENCES users ON DELETE CASCADE,
    key          TEXT        NOT NULL CONSTRAINT idempotency_key_is_text CHECK (char_length(key) BETWEEN 1 AND 255),
    request_hash BYTEA       NOT NULL,
    answer       JSONB       NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    PRIMARY KEY (household_id, user_id, key)
);
CREATE INDEX idempotency_keys_oldest ON idempotency_keys (household_id, created_at);
COMMENT ON TABLE idempotency_keys IS 'Answers already given, so that a form sent twice is one entry. Kept for 48 hours.';
COMMENT ON COLUMN idempotency_keys.request_hash IS 'SHA-256 of the request: the same key with another request is refused.';

DO $$
DECLARE
    one TEXT;
BEGIN
    FOREACH one IN ARRAY ARRAY['changes', 'change_items', 'idempotency_keys'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_household ON %I USING (household_id = (SELECT current_household())) WITH CHECK (household_id = (SELECT current_household()))', one);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO budget_app', one);
    END LOOP;
END $$;
GRANT DELETE ON idempotency_keys TO budget_app;
