backup.require_api(1)
-- Waits for a replica that lags; a run whose replica does not catch up is deferred, without an alarm.
-- [hooks.replica-lag] max_lag = "30s"
local max_lag = backup.option("max_lag", "30s")

backup.before("flush", { desc = "wait for a lagging replica", timeout = "10s" }, function(run)
  if not run.server.is_replica then return end
  local query = run.server.flavour == "mariadb" and "SHOW ALL SLAVES STATUS" or "SHOW REPLICA STATUS"
  for _, channel in ipairs(run:sql(query)) do
    -- NULL, which is nil here, where replication is stopped.
    local lag = channel.Seconds_Behind_Source or channel.Seconds_Behind_Master
    if not lag then return run:veto("replication is not running") end
    if lag > max_lag then return run:retry(("the replica lags %d s"):format(lag), { wait = "15s", attempts = 8 }) end
  end
end)
