backup.require_api(1)
-- Asks the recovered copy whether the data is there: a private server runs on it for as long as this hook does.
-- [hooks.assertion] query = "SELECT COUNT(*) FROM shop.orders", minimum = 1
local query = backup.option("query", "SELECT COUNT(*) AS number FROM information_schema.tables")
local minimum = backup.option("minimum", 1)

backup.after("recover", { desc = "assert on the recovered copy", on_error = "fail", timeout = "10m" }, function(run)
  local row = run:sql(query)[1] or {}
  local _, number = next(row)
  if type(number) ~= "number" or number < minimum then
    error(("the copy answers %s to %s, and %d is the least"):format(tostring(number), query, minimum), 0)
  end
end)
