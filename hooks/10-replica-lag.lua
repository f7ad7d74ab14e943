backup.require_api(1)
-- Waits until a replica has caught up; a run that waits in vain is deferred, without an alarm.
-- [hooks.replica-lag] max_lag = "30s", wait = "15s", attempts = 8
local max = backup.option("max_lag", "30s")
local wait = backup.option("wait", "15s")
local attempts = backup.option("attempts", 8)

-- Nil of a server that is not MySQL's kin.
local function question(server)
  if server.flavour == "mariadb" then return "SHOW ALL SLAVES STATUS" end
  if server.flavour ~= "mysql" and server.flavour ~= "percona" then return nil end
  local major, minor, patch = server.version:match("^(%d+)%.(%d+)%.?(%d*)")
  local number = tonumber(major) * 10000 + tonumber(minor) * 100 + (tonumber(patch) or 0)
  return number >= 80022 and "SHOW REPLICA STATUS" or "SHOW SLAVE STATUS"
end

backup.before("flush", { desc = "wait for a lagging replica", timeout = "10s" }, function(run)
  local query = run.server.is_replica and question(run.server)
  if not query then return end
  local slowest
  for _, channel in ipairs(run:sql(query)) do
    local lag = tonumber(channel.Seconds_Behind_Source or channel.Seconds_Behind_Master)
    if not lag then return run:veto("replication is not running") end
    slowest = math.max(slowest or 0, lag)
  end
  if not slowest then return run:veto("replication is not running") end
  if slowest > max then
    return run:retry(("the replica lags %d s behind"):format(slowest), { wait = wait, attempts = attempts })
  end
end)
