namespace Net2Secure.Routing.Caching.Postgres;

/// <summary>The texts of the commands. Values are parameters throughout; only names, quoted, and numbers of locks are part of the text.</summary>
internal sealed class PostgresCommands
{
    /// <summary>Beginnings of URIs that an index goes by: a row of an index has to be short.</summary>
    private const int IndexedCharacters = 400;

    private const string Beginning = "left(uri, 400) COLLATE \"C\"";

    /// <summary>How many variants one key may have; the oldest makes room.</summary>
    private const int MaxVariants = 64;

    /// <summary>Rows removed by one command of a sweep.</summary>
    private const int SweepRows = 500;

    /// <summary>Purges read by one look; more count as everything.</summary>
    public const int MaxPurgesRead = 5000;

    /// <param name="names">Names of the tables and locks.</param>
    /// <param name="seconds">How long a command may take: by so much may what a process says of time be late.</param>
    public PostgresCommands(PostgresNames names, int seconds)
    {
        var (responses, purges) = (names.Responses, names.Purges);
        Exist = "SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL, current_setting('server_encoding')";
        Setup = $"""
            SELECT pg_advisory_xact_lock({names.SetupLock});
            CREATE SCHEMA IF NOT EXISTS {names.Schema};
            CREATE UNLOGGED TABLE IF NOT EXISTS {responses} (
                id uuid PRIMARY KEY, key bytea NOT NULL, variant bytea NOT NULL, uri text NOT NULL, partition text NOT NULL, tags text[] NOT NULL, head bytea NOT NULL, doubted boolean NOT NULL,
                body bytea NOT NULL, body_bytes bigint NOT NULL, bytes bigint NOT NULL, stored_at timestamptz NOT NULL DEFAULT now(), used_at timestamptz NOT NULL DEFAULT now(), expires_at timestamptz NOT NULL,
                UNIQUE (key, variant));
            ALTER TABLE {responses} ALTER COLUMN body SET STORAGE EXTERNAL;
            CREATE INDEX IF NOT EXISTS {names.Index("tags")} ON {responses} USING gin (tags);
            CREATE INDEX IF NOT EXISTS {names.Index("uri")} ON {responses} ((left(uri, {IndexedCharacters})) COLLATE "C");
            CREATE INDEX IF NOT EXISTS {names.Index("expires")} ON {responses} (expires_at);
            CREATE INDEX IF NOT EXISTS {names.Index("used")} ON {responses} (used_at);
            CREATE TABLE IF NOT EXISTS {purges} (
                seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), purged_at timestamptz NOT NULL DEFAULT clock_timestamp(), publisher uuid NOT NULL,
                kind smallint NOT NULL, value text NOT NULL, partition text, soft boolean NOT NULL);
            CREATE INDEX IF NOT EXISTS {names.Index("purges_xid")} ON {purges} (xid);
            CREATE INDEX IF NOT EXISTS {names.Index("purges_at")} ON {purges} (purged_at);
            """;

        // What was asked for $3 ago (and a little more, for the way that this took) must not come in behind a purge that concerns it. $1 uri, $2 partition, $4 tags, $5 publisher.
        string PurgedSince(string soft, string age) => $"""
            EXISTS (SELECT 1 FROM {purges} p WHERE p.soft = {soft} AND p.purged_at >= now() - {age} - CASE WHEN p.publisher = $5 THEN interval '0' ELSE interval '{seconds} seconds' END
                AND (p.partition IS NULL OR p.partition = $2) AND (p.kind = 3 OR p.kind = 0 AND p.value = $1 OR p.kind = 1 AND starts_with($1, p.value) OR p.kind = 2 AND p.value = ANY ($4)))
            """;

        LockToStore = $"SELECT pg_advisory_xact_lock_shared({names.Lock}), pg_advisory_xact_lock({names.LockClass}, $1)";
        LockToPurge = $"SELECT pg_advisory_xact_lock({names.Lock})";
        Find = $"SELECT id, head, doubted, body_bytes FROM {responses} WHERE key = $1 AND uri = $2 AND partition = $3 AND expires_at > now() ORDER BY stored_at DESC LIMIT {MaxVariants}";
        Body = $"SELECT substring(body FROM $2 FOR $3) FROM {responses} WHERE id = $1";
        Store = $"""
            INSERT INTO {responses} AS r (id, key, variant, uri, partition, tags, head, doubted, body, body_bytes, bytes, expires_at)
            SELECT $6, $7, $8, $1, $2, $4, $9, $10 OR {PurgedSince("true", "$3")}, $11, $12, $13, now() + $14 WHERE NOT {PurgedSince("false", "$3")}
            ON CONFLICT (key, variant) DO UPDATE SET id = EXCLUDED.id, uri = EXCLUDED.uri, partition = EXCLUDED.partition, tags = EXCLUDED.tags, head = EXCLUDED.head, doubted = EXCLUDED.doubted, body = EXCLUDED.body,
                body_bytes = EXCLUDED.body_bytes, bytes = EXCLUDED.bytes, stored_at = EXCLUDED.stored_at, used_at = EXCLUDED.used_at, expires_at = EXCLUDED.expires_at
            """;
        Trim = $"DELETE FROM {responses} WHERE id IN (SELECT id FROM {responses} WHERE key = $1 ORDER BY stored_at DESC OFFSET {MaxVariants})";
        Update = $"""
            UPDATE {responses} SET tags = $4, head = $9, doubted = $10 OR {PurgedSince("true", "$3")}, bytes = $11, expires_at = now() + $12, used_at = now()
            WHERE id = $6 AND key = $7 AND variant = $8 AND NOT {PurgedSince("false", "$3")} RETURNING doubted
            """;
        Publish = $"INSERT INTO {purges} (publisher, kind, value, partition, soft) VALUES ($1, $2, $3, $4, $5)";
        Notify = $"SELECT pg_notify('{names.Channel}', '')";
        Listen = $"LISTEN {names.Channel}";
        Forget = $"DELETE FROM {responses} WHERE key = $1";
        Drop = $"DELETE FROM {responses} WHERE id = $1";
        Purge = (kind, isSoft) => isSoft ? $"UPDATE {responses} SET doubted = true WHERE NOT doubted AND {Chosen(kind)}" : $"DELETE FROM {responses} WHERE {Chosen(kind)}";

        // Purges are found by the transaction that made them: numbers are given before a transaction ends, so that a later one may be seen before an earlier one. The horizon is what has ended.
        Horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())";
        News = $"""
            SELECT pg_snapshot_xmin(pg_current_snapshot()), p.seq, p.publisher, p.kind, p.value, p.partition, p.soft
            FROM (SELECT 1) one LEFT JOIN (SELECT * FROM {purges} WHERE xid >= $1 ORDER BY xid LIMIT {MaxPurgesRead + 1}) p ON true ORDER BY p.seq
            """;
        TrySweepLock = $"SELECT pg_try_advisory_lock({names.SweepLock})";
        SweepUnlock = $"SELECT pg_advisory_unlock({names.SweepLock})";
        Usage = $"SELECT coalesce(sum(bytes), 0)::bigint, count(*) FROM {responses}";
        SweepExpired = $"DELETE FROM {responses} WHERE id IN (SELECT id FROM {responses} WHERE expires_at <= now() ORDER BY expires_at LIMIT {SweepRows} FOR UPDATE SKIP LOCKED)";
        SweepOldest = $"""
            WITH gone AS (DELETE FROM {responses} WHERE id IN (
                SELECT id FROM (SELECT id, sum(bytes) OVER (ORDER BY used_at, id) - bytes AS before FROM (SELECT id, bytes, used_at FROM {responses} ORDER BY used_at, id LIMIT {SweepRows} FOR UPDATE SKIP LOCKED) o) s
                WHERE before < $1) RETURNING bytes)
            SELECT coalesce(sum(bytes), 0)::bigint, count(*) FROM gone
            """;
        Touch = $"UPDATE {responses} SET used_at = now() WHERE id IN (SELECT id FROM {responses} WHERE id = ANY ($1) FOR UPDATE SKIP LOCKED)";

        // Purges that are forgotten leave one behind that concerns everything asked for before it, published by nobody.
        SweepPurges = $"""
            WITH gone AS (DELETE FROM {purges} WHERE purged_at < now() - $1 AND publisher <> $2 RETURNING purged_at)
            INSERT INTO {purges} (publisher, kind, value, soft, purged_at) SELECT $2, 3, '', false, max(purged_at) FROM gone HAVING count(*) > 0
            """;
        SweepFloors = $"DELETE FROM {purges} WHERE publisher = $1 AND purged_at < (SELECT max(purged_at) FROM {purges} WHERE publisher = $1)";
    }

    public string Exist { get; }

    public string Setup { get; }

    public string LockToStore { get; }

    public string LockToPurge { get; }

    public string Find { get; }

    public string Body { get; }

    public string Store { get; }

    public string Trim { get; }

    public string Update { get; }

    public string Publish { get; }

    public string Notify { get; }

    public string Listen { get; }

    public string Forget { get; }

    public string Drop { get; }

    /// <summary>By what is chosen, and whether softly. Parameters: the value, the partition or null.</summary>
    public Func<CachePurgeKind, bool, string> Purge { get; }

    public string Horizon { get; }

    public string News { get; }

    public string TrySweepLock { get; }

    public string SweepUnlock { get; }

    public string Usage { get; }

    public string SweepExpired { get; }

    public string SweepOldest { get; }

    public string Touch { get; }

    public string SweepPurges { get; }

    public string SweepFloors { get; }

    private static string Chosen(CachePurgeKind kind) => "($2::text IS NULL OR partition = $2) AND " + kind switch
    {
        CachePurgeKind.Uri => $"{Beginning} = left($1, {IndexedCharacters}) AND uri = $1",
        CachePurgeKind.Prefix => $"{Beginning} >= left($1, {IndexedCharacters}) AND {Beginning} < left($1, {IndexedCharacters}) || chr(1114111) AND starts_with(uri, $1)",
        CachePurgeKind.Tag => "tags @> ARRAY[$1]",
        _ => "$1 = $1",
    };
}
