"""The event log's tables and statements: the whole SQL of the bus on PostgreSQL."""

from __future__ import annotations

CHANNEL = "event_log"

# Not by to_regclass: within a transaction that remembers that there was no such table.
EXISTS = """
SELECT EXISTS (SELECT FROM pg_class WHERE relname = 'event_log' AND pg_table_is_visible(oid))
"""
LOCK_CREATION = "SELECT pg_advisory_xact_lock(hashtextextended('carnet.event_log.create', 0))"

# Positions are drawn from a sequence, and transactions that draw them may commit in any order: a
# reader at 7 would then skip a 6 that becomes visible late. So whoever inserts first takes a lock
# that is held to the end of its transaction, and positions become visible in their order. It is a
# trigger, so that it holds for every insert; a statement's trigger runs before its first row draws.
CREATE = """
CREATE TABLE event_log (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    headers json NOT NULL,
    value bytea NOT NULL,
    published_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX event_log_by_topic ON event_log (topic, position);

CREATE TABLE event_topics (topic text COLLATE "C" PRIMARY KEY);

CREATE TABLE event_offsets (
    group_name text COLLATE "C" NOT NULL,
    topic text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (group_name, topic)
);

CREATE FUNCTION event_log_take_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('carnet.event_log.turn', 0));
    RETURN NULL;
END $$;
CREATE TRIGGER event_log_take_turn BEFORE INSERT ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION event_log_take_turn();

CREATE FUNCTION event_log_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('event_log', topic) FROM (SELECT DISTINCT topic FROM published) AS topics;
    RETURN NULL;
END $$;
CREATE TRIGGER event_log_ring AFTER INSERT ON event_log REFERENCING NEW TABLE AS published
    FOR EACH STATEMENT EXECUTE FUNCTION event_log_ring();
"""

PUBLISH = """
INSERT INTO event_log (topic, key, headers, value)
SELECT topic, key, headers::json, value
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
    WITH ORDINALITY AS message (topic, key, headers, value, number)
ORDER BY number
"""

REGISTER_TOPICS = """
INSERT INTO event_topics (topic) SELECT topic FROM unnest($1::text[]) AS topic
ON CONFLICT DO NOTHING
"""

# One consumer a group: the lock lives as long as the session of the connection that reads.
LEAD = "SELECT pg_try_advisory_lock(hashtextextended('carnet.event_log.group.' || $1, 0))"
REGISTER = """
INSERT INTO event_offsets (group_name, topic, position)
SELECT $1, topic, 0 FROM unnest($2::text[]) AS topic
ON CONFLICT DO NOTHING
"""
OFFSETS = "SELECT topic, position FROM event_offsets WHERE group_name = $1 AND topic = ANY ($2)"
READ = """
SELECT next.position, place.topic, next.key, next.headers, next.value
FROM unnest($1::text[], $2::bigint[]) AS place (topic, position)
CROSS JOIN LATERAL (
    SELECT position, key, headers, value FROM event_log
    WHERE event_log.topic = place.topic AND event_log.position > place.position
    ORDER BY position LIMIT $3
) AS next
ORDER BY next.position LIMIT $3
"""
COMMIT = """
UPDATE event_offsets SET position = read.position, committed_at = clock_timestamp()
FROM unnest($2::text[], $3::bigint[]) AS read (topic, position)
WHERE event_offsets.group_name = $1 AND event_offsets.topic = read.topic
"""

# The oldest rows of each topic, as far as every group that knows the topic has read. A topic that
# no group reads is trimmed by age alone, save a dead-letter topic: that waits for people.
LEAD_TRIM = "SELECT pg_try_advisory_xact_lock(hashtextextended('carnet.event_log.trim', 0))"
TRIM = """
DELETE FROM event_log USING (
    SELECT old.position
    FROM (
        SELECT topic, min(position) AS position
        FROM event_topics LEFT JOIN event_offsets USING (topic)
        GROUP BY topic
    ) AS passed
    CROSS JOIN LATERAL (
        SELECT position, published_at FROM event_log
        WHERE event_log.topic = passed.topic
            AND (event_log.position <= passed.position
                OR passed.position IS NULL AND passed.topic NOT LIKE '%.dlq')
        ORDER BY position LIMIT $2
    ) AS old
    WHERE old.published_at < clock_timestamp() - $1::interval
) AS done
WHERE event_log.position = done.position
"""
