backup.require_api(1)
-- Stops a replica's SQL threads before the lock, at a moment without open temporary tables, and starts them again
-- right after the unlock, in every case. A thread that was not running is left alone.
-- [hooks.stop-replica] attempts = 10, pause = "5s"
local attempts = backup.option("attempts", 10)
local pause = backup.option("pause", "5s")

-- The starts that are the engine's already, by run: another attempt finds the thread running, and owes no second one.
local owed = {}

-- The statements for each channel whose SQL thread runs.
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
  return running
end

-- Nil where the server does not say. MySQL has the newer name from 8.0.26 on.
local function open_tables(run)
  local question = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Slave_open_temp_tables', 'Replica_open_temp_tables')"
  local most
  for _, row in ipairs(run:sql(question)) do most = math.max(most or 0, tonumber(row.Value)) end
  return most
end

local function stop(run, channel)
  -- Recorded and on the stack before the act: a release is never late.
  local key = run.id .. " " .. channel.start
  if not owed[key] then
    run:intend { sql = channel.start }
    run:undo("the replica's SQL thread", { sql = channel.start })
    owed[key] = true
  end
  run:admin(channel.stop)
end

backup.before("lock", { desc = "stop the replica's SQL threads", timeout = "60s" }, function(run)
  if not run.server.is_replica then return end
  local running = channels(run)
  if not open_tables(run) then return run:veto("the server does not tell its open temporary tables") end
  for _, channel in ipairs(running) do stop(run, channel) end
  if open_tables(run) == 0 then return end
  for _, channel in ipairs(running) do run:admin(channel.start) end
  return run:retry("the replica has open temporary tables", { wait = pause, attempts = attempts })
end)
