backup.require_api(1)
-- Asserts on a set that "lvmbackup verify --level start" has verified: a private server on the set answers.
-- [hooks.verified-data] query = "SELECT COUNT(*) FROM shop.orders", minimum = 1
local query = backup.option("query", "SELECT COUNT(*) AS number FROM information_schema.tables")
local minimum = backup.option("minimum", 1)

backup.after("verify", { desc = "assert on the verified set", timeout = "10m" }, function(run)
  local row = run:sql(query)[1] or {}
  local _, number = next(row)
  if type(number) ~= "number" or number < minimum then
    error(("the set answers %s to %s, and %d is the least"):format(tostring(number), query, minimum), 0)
  end
end)
