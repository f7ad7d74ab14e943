backup.require_api(1)
-- Stops a replica's SQL threads before the lock, at a moment without open temporary tables, and starts them again
-- right after the unlock, whatever happens. A thread that was not running is left alone.
-- [hooks.stop-replica] attempts = 10, pause = "5s"
local attempts = backup.option("attempts", 10)
local pause = backup.option("pause", "5s")

-- The statements for each channel whose SQL thread runs, and the question for its temporary tables.
local function channels(run)
  local is_mariadb = run.server.flavour == "mariadb"
  local running = {}
  for _, row in ipairs(run:sql(is_mariadb and "SHOW ALL SLAVES STATUS" or "SHOW REPLICA STATUS")) do
    if (row.Slave_SQL_Running or row.Replica_SQL_Running) == "Yes" then
      local name = "'" .. (row.Connection_name or row.Channel_Name or ""):gsub("[\\']", "\\%0") .. "'"
      local form = is_mariadb and "%s SLAVE " .. name .. " SQL_THREAD" or "%s REPLICA SQL_THREAD FOR CHANNEL " .. name
      running[#running + 1] = { stop = form:format("STOP"), start = form:format("START") }
    end
  end
  return running, ("SHOW GLOBAL STATUS LIKE '%s_open_temp_tables'"):format(is_mariadb and "Slave" or "Replica")
end

backup.before("lock", { desc = "stop the replica's SQL threads", timeout = "60s" }, function(run)
  if not run.server.is_replica then return end
  local running, question = channels(run)
  for _, channel in ipairs(running) do
    -- Recorded and on the stack before the act: a release is never late.
    run:intend { sql = channel.start }
    run:undo("the replica's SQL thread", { sql = channel.start })
    run:admin(channel.stop)
  end
  local row = run:sql(question)[1] or {}
  if tonumber(row.Value or "0") == 0 then return end
  for _, channel in ipairs(running) do run:admin(channel.start) end
  return run:retry("the replica has open temporary tables", { wait = pause, attempts = attempts })
end)
