DELETE FROM change_items WHERE noun = 'moved';
ALTER TABLE change_items
    DROP CONSTRAINT change_item_noun_is_known,
    ADD CONSTRAINT change_item_noun_is_known CHECK (noun IN ('transaction', 'location', 'bucket', 'category'));
COMMENT ON COLUMN change_items.noun IS NULL;
DROP TRIGGER refunds_changed_fit ON transactions;
DROP TRIGGER refunds_added_fit ON transactions;
DROP FUNCTION check_refund();
DROP INDEX transactions_by_counterparty;
DROP INDEX transactions_by_original;
ALTER TABLE transactions
    DROP CONSTRAINT transaction_refund_has_its_original,
    DROP CONSTRAINT transaction_refund_is_a_refund,
    DROP COLUMN counterparty_key,
    DROP COLUMN refund_of;
