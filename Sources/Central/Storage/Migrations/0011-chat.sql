-- The conversations of the chat, and the keys with which the service signs.

CREATE TABLE conversation (
    id text PRIMARY KEY CHECK (id <> ''),
    token_id integer NOT NULL REFERENCES token (id) ON DELETE CASCADE,
    changed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX conversation_of_token ON conversation (token_id, changed_at DESC);
CREATE INDEX conversation_by_expiry ON conversation (expires_at);
COMMENT ON TABLE conversation IS
    'Each belongs to the token that began it. Only the newest of a token are kept, until they expire.';
COMMENT ON COLUMN conversation.id IS '128 random bits as hexadecimal digits.';

CREATE TABLE conversation_message (
    conversation_id text NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    content text NOT NULL,
    PRIMARY KEY (conversation_id, number)
);
COMMENT ON COLUMN conversation_message.content IS
    'JSON. Not jsonb, which cannot hold every character that people may write.';

CREATE TABLE signing_key (
    purpose text PRIMARY KEY,
    key bytea NOT NULL CHECK (length(key) = 32)
);
COMMENT ON TABLE signing_key IS 'Random keys, created when first needed, shared by all replicas of the service.';
