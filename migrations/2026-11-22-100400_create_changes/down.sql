DROP TABLE idempotency_keys;
DROP TABLE change_items;
DROP TABLE changes;
