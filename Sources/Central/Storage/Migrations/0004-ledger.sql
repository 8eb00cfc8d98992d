-- The ledger: which numbered readings of which gateway's store are held here. It is updated in the transaction that
-- stores them, so each reading is stored exactly once, however often and in whatever order it is sent.

CREATE TABLE gateway_store (
    store_id uuid PRIMARY KEY,
    hotel_id integer NOT NULL REFERENCES hotels (id),
    held int8multirange NOT NULL DEFAULT '{}',
    first_seen timestamptz NOT NULL DEFAULT now(),
    last_seen timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX gateway_store_of_hotel ON gateway_store (hotel_id);
COMMENT ON TABLE gateway_store IS 'The stores that gateways send from. A new file on a gateway is a new store.';
COMMENT ON COLUMN gateway_store.held IS 'The numbers whose readings are stored.';
