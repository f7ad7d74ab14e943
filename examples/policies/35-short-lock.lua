backup.require_api(1)
-- A lock that was held for longer than a second fails the run; the alarm says by how much.
-- [hooks.short-lock] limit = "1s", url = "https://…"
local alarm = require("alarm")
local limit = backup.option("limit", "1s")

backup.before("mount", { desc = "fail after a long lock" }, function(run)
  local held = run.lock.held
  if not held or held <= limit then return end
  alarm.send(run, ("writers had to wait for %.1f s"):format(held))
  error(("the lock was held for %.1f s, and %d s are allowed"):format(held, limit), 0)
end)
