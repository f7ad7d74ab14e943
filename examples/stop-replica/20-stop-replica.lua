backup.require_api(1)
-- Stops a replica's SQL threads before the lock, at a moment without open temporary tables, and starts them again
-- right after the unlock, whatever happens.
-- [hooks.stop-replica] attempts = 10, pause = "5s"
local attempts = backup.option("attempts", 10)
local pause = backup.option("pause", "5s")

local function words(run)
  if run.server.flavour == "mariadb" then
    return "STOP ALL SLAVES", "START ALL SLAVES", "SHOW GLOBAL STATUS LIKE 'Slave_open_temp_tables'"
  end
  return "STOP REPLICA SQL_THREAD", "START REPLICA SQL_THREAD", "SHOW GLOBAL STATUS LIKE 'Replica_open_temp_tables'"
end

backup.before("lock", { desc = "stop the replica", timeout = "60s" }, function(run)
  if not run.server.is_replica then return end
  local stop, start, question = words(run)
  -- Recorded and on the stack before the act: a release is never late.
  run:intend { sql = start }
  run:undo("the replica's threads", { sql = start })
  run:admin(stop)
  local row = run:sql(question)[1] or {}
  if tonumber(row.Value or "0") == 0 then return end
  run:admin(start)
  return run:retry("the replica has open temporary tables", { wait = pause, attempts = attempts })
end)
