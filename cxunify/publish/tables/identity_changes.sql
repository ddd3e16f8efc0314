select run_id, kind, old_id, new_id, cause from ledger.changes
union all
select $run_id, kind, old_id, new_id, cause from identity.moves
