backup.require_api(1)
-- Tells the proxy to send nothing here while the lock is held.
-- [hooks.proxy-drain] drain = ["proxyctl", "drain", "db1"], ready = ["proxyctl", "ready", "db1"]
local drain = backup.option("drain", { "proxyctl", "drain", "db1" })
local ready = backup.option("ready", { "proxyctl", "ready", "db1" })

backup.before("lock", { desc = "drain the proxy", timeout = "30s" }, function(run)
  -- Before the act: a release is never late. It runs right after the unlock, or when the run fails.
  run:undo("the proxy's drain", { exec = ready, timeout = "10s" })
  run:exec(drain)
end)
