backup.require_api(1)
-- Waits until a replica has caught up; a run that waits in vain is deferred, without an alarm.
-- [hooks.replica-lag] max_lag = "30s", wait = "15s", attempts = 8
local max = backup.option("max_lag", "30s")
local wait = backup.option("wait", "15s")
local attempts = backup.option("attempts", 8)

backup.before("flush", { desc = "wait for a lagging replica", timeout = "10s" }, function(run)
  if not run.server.is_replica then return end
  local query = run.server.flavour == "mariadb" and "SHOW ALL SLAVES STATUS" or "SHOW REPLICA STATUS"
  for _, row in ipairs(run:sql(query)) do
    local lag = tonumber(row.Seconds_Behind_Source or row.Seconds_Behind_Master)
    if not lag then return run:veto("replication is not running") end
    if lag > max then
      return run:retry(("the replica lags %d s behind"):format(lag), { wait = wait, attempts = attempts })
    end
  end
end)
