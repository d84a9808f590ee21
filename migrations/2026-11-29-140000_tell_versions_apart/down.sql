DROP FUNCTION ledger_changed_at(UUID);
DROP TRIGGER households_note_their_ledger_change ON households;
DROP FUNCTION note_ledger_change();
ALTER TABLE households DROP COLUMN ledger_changed_at;
