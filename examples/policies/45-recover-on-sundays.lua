backup.require_api(1)
-- Recovers the copy on Sundays only: on other days the first start of a restored server does it.
backup.before("recover", { desc = "recover on Sundays only" }, function(run)
  if os.date("%w") ~= "0" then return run:skip("the copy is recovered on Sundays") end
end)
