-- Divides the three large tables into 32 by book, for a database of some 100 GB and more: vacuums, indexes and moves to other disks go
-- by parts then. Back up, stop every server, run it once with psql --single-transaction --set ON_ERROR_STOP=1, and start them again. It copies them, so it needs their size in
-- room once more. Programs see no difference.
ALTER TABLE tierbook_updates RENAME TO tierbook_updates_whole;
CREATE TABLE tierbook_updates (
  LIKE tierbook_updates_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  PRIMARY KEY (book, seq)
) PARTITION BY HASH (book);
ALTER TABLE tierbook_snapshots RENAME TO tierbook_snapshots_whole;
CREATE TABLE tierbook_snapshots (
  LIKE tierbook_snapshots_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
  PRIMARY KEY (book)
) PARTITION BY HASH (book);
ALTER TABLE tierbook_snapshot_parts RENAME TO tierbook_snapshot_parts_whole;
CREATE TABLE tierbook_snapshot_parts (
  LIKE tierbook_snapshot_parts_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE,
  PRIMARY KEY (book, seq, part)
) PARTITION BY HASH (book);
DO $$
BEGIN
  FOR part IN 0..31 LOOP
    EXECUTE format('CREATE TABLE tierbook_updates_%s PARTITION OF tierbook_updates FOR VALUES WITH (MODULUS 32, REMAINDER %s)', part, part);
    EXECUTE format('CREATE TABLE tierbook_snapshots_%s PARTITION OF tierbook_snapshots FOR VALUES WITH (MODULUS 32, REMAINDER %s)', part, part);
    EXECUTE format('CREATE TABLE tierbook_snapshot_parts_%s PARTITION OF tierbook_snapshot_parts FOR VALUES WITH (MODULUS 32, REMAINDER %s)', part, part);
    -- As vacuum.sql has it for the whole tables.
    EXECUTE format('ALTER TABLE tierbook_updates_%s SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)', part);
    EXECUTE format('ALTER TABLE tierbook_snapshots_%s SET (autovacuum_vacuum_scale_factor = 0.05)', part);
    EXECUTE format('ALTER TABLE tierbook_snapshot_parts_%s SET (autovacuum_vacuum_scale_factor = 0.05)', part);
  END LOOP;
END $$;
INSERT INTO tierbook_updates SELECT * FROM tierbook_updates_whole;
INSERT INTO tierbook_snapshots SELECT * FROM tierbook_snapshots_whole;
INSERT INTO tierbook_snapshot_parts SELECT * FROM tierbook_snapshot_parts_whole;
DROP TABLE tierbook_updates_whole;
DROP TABLE tierbook_snapshots_whole;
DROP TABLE tierbook_snapshot_parts_whole;
