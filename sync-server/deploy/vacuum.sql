-- For a database of some 10 GB and more; it may run while servers do. Updates are added, and lose their bytes where TIERBOOK_KEEP_LOG_DAYS is set: vacuum
-- comes by what was added. Snapshots and when devices were seen are replaced: it comes early, and pages have room for the new row.
ALTER TABLE tierbook_updates SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE tierbook_snapshots SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE tierbook_snapshot_parts SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE tierbook_devices SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
