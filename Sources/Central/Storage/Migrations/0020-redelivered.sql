-- What a gateway leaves out because its broker delivered it again: it never had a number, so it is counted beside the account.

ALTER TABLE gateway_store ADD COLUMN redelivered bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN gateway_store.redelivered IS
    'Messages that the building''s broker delivered again, and that the gateway left out since it had stored them before.';
