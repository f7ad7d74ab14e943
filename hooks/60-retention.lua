backup.require_api(1)
-- Keeps the newest set of each of so many days, weeks and months. The newest good set always stays.
-- [hooks.retention] days = 7, weeks = 4, months = 12
local rules = {
  { "day", backup.option("days", 7), "%Y-%m-%d" },
  { "week", backup.option("weeks", 4), "%G-W%V" },
  { "month", backup.option("months", 12), "%Y-%m" },
}

backup.filter("retention.plan", { desc = "days, weeks and months" }, function(_, plan)
  local newest_first = {}
  for _, decision in ipairs(plan) do newest_first[#newest_first + 1] = decision end
  table.sort(newest_first, function(a, b) return a.created > b.created end)
  local seen, used = {}, {}
  for _, decision in ipairs(newest_first) do
    local reasons = {}
    for _, rule in ipairs(rules) do
      local unit, most, form = rule[1], rule[2], rule[3]
      local slot = unit .. os.date("!" .. form, math.floor(decision.created))
      if not seen[slot] and (used[unit] or 0) < most then
        seen[slot], used[unit] = true, (used[unit] or 0) + 1
        reasons[#reasons + 1] = unit
      end
    end
    decision.keep = #reasons > 0
    decision.reason = decision.keep and "newest of its " .. table.concat(reasons, ", ") or "no rule keeps it"
  end
  return plan
end)
