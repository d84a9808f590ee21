-- A refund knows what it gives back, loans are found by who owes, and a change may move lines of entries without retelling the entries.

ALTER TABLE transactions
    ADD COLUMN refund_of UUID,
    ADD COLUMN counterparty_key TEXT GENERATED ALWAYS AS (lower(normalize(counterparty, NFKC))) STORED,
    ADD CONSTRAINT transaction_refund_is_a_refund CHECK (
        refund_of IS NULL OR (kind = 'expense' AND amount_minor > 0) OR (kind = 'income' AND amount_minor < 0)),
    ADD CONSTRAINT transaction_refund_has_its_original FOREIGN KEY (household_id, refund_of) REFERENCES transactions (household_id, id)
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX transactions_by_original ON transactions (household_id, refund_of) WHERE refund_of IS NOT NULL;
CREATE INDEX transactions_by_counterparty ON transactions (household_id, counterparty_key, date DESC, id DESC) INCLUDE (amount_minor) WHERE kind = 'loan';
COMMENT ON COLUMN transactions.refund_of IS 'The income or expense that this refund gives back, in whole or in part; NULL when nobody said.';
COMMENT ON COLUMN transactions.counterparty_key IS 'The counterparty as loans are added up: normalised, in lower case.';

-- At commit a refund is of the kind that it gives back, and gives back no refund.
CREATE FUNCTION check_refund() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    PERFORM FROM transactions r
       JOIN transactions o ON o.household_id = r.household_id AND o.id = r.refund_of
      WHERE r.household_id = NEW.household_id AND (r.id = NEW.id OR r.refund_of = NEW.id)
        AND (o.kind <> r.kind OR sign(o.amount_minor) = sign(r.amount_minor));
    IF FOUND THEN
        RAISE EXCEPTION 'a refund gives back an entry of its own kind that is no refund' USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_fits_its_original';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER refunds_added_fit AFTER INSERT ON transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.refund_of IS NOT NULL) EXECUTE FUNCTION check_refund();
CREATE CONSTRAINT TRIGGER refunds_changed_fit AFTER UPDATE OF kind, amount_minor, refund_of ON transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.kind <> NEW.kind OR (OLD.amount_minor > 0) <> (NEW.amount_minor > 0) OR OLD.refund_of IS DISTINCT FROM NEW.refund_of)
    EXECUTE FUNCTION check_refund();
REVOKE ALL ON FUNCTION check_refund() FROM PUBLIC;

-- What a merge moved: the category of an entry, or some of its lines and shares.
ALTER TABLE change_items
    DROP CONSTRAINT change_item_noun_is_known,
    ADD CONSTRAINT change_item_noun_is_known CHECK (noun IN ('transaction', 'location', 'bucket', 'category', 'moved'));
COMMENT ON COLUMN change_items.noun IS 'What object_id is; moved: a transaction of which before and after tell only what a merge moved.';
