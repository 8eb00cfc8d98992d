-- Messages that a gateway leaves out because its broker redelivered them. They never had a number, so they are not part
-- of the account.

ALTER TABLE gateway_store ADD COLUMN redelivered bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN gateway_store.redelivered IS
    'Messages redelivered by the building''s broker that the gateway left out because it had already stored them.';
