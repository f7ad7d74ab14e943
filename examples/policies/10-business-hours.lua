backup.require_api(1)
-- Defers backups in business hours. One run may ignore them: --set business-hours.override=true
-- [hooks.business-hours] first = 8, last = 18
local first = backup.option("first", 8)
local last = backup.option("last", 18)
local override = backup.option("override", false)

backup.before("preflight", { desc = "no backup in business hours" }, function(run)
  local now = os.date("*t")
  local is_weekend = now.wday == 1 or now.wday == 7
  if override or is_weekend or now.hour < first or now.hour >= last then return end
  return run:defer(("it is business hour until %d:00"):format(last))
end)
