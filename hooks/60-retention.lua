backup.require_api(1)
-- Keeps the newest good set of each of so many days, weeks and months (UTC). The newest good set always stays.
-- It changes the plan that --keep-last makes: without that nothing is removed.
-- [hooks.retention] days = 7, weeks = 4, months = 12
local function number(name, default)
  local value = backup.option(name, default)
  if value < 0 then error(("[hooks.retention] %s cannot be less than 0"):format(name)) end
  return value
end

local rules = {
  { "day", number("days", 7), "%Y-%m-%d" },
  { "week", number("weeks", 4), "%G-W%V" },
  { "month", number("months", 12), "%Y-%m" },
}

-- The rules that keep a set, which then has used one of the number of each.
local function reasons_for(created, seen, used)
  local reasons = {}
  for _, rule in ipairs(rules) do
    local unit, most, form = rule[1], rule[2], rule[3]
    local slot = unit .. os.date("!" .. form, math.floor(created))
    if not seen[slot] and (used[unit] or 0) < most then
      seen[slot], used[unit] = true, (used[unit] or 0) + 1
      reasons[#reasons + 1] = unit
    end
  end
  return reasons
end

backup.filter("retention.plan", { desc = "days, weeks and months" }, function(_, plan)
  local newest_first = {}
  for _, decision in ipairs(plan) do newest_first[#newest_first + 1] = decision end
  table.sort(newest_first, function(a, b) return a.created > b.created end)
  local seen, used, has_good = {}, {}, false
  for _, decision in ipairs(newest_first) do
    if decision.state == "incomplete" then
      -- It takes no good set's place; what is newer than all of them stays to be looked at.
      decision.keep = not has_good
    elseif decision.state == "current" or decision.state == "kept" then
      -- It always stays, and takes its place among the days, weeks and months.
      reasons_for(decision.created, seen, used)
      has_good = true
    elseif decision.state ~= "snapshot" and decision.state ~= "postdated" then
      local reasons = reasons_for(decision.created, seen, used)
      decision.keep = #reasons > 0 or not has_good
      decision.reason = #reasons > 0 and "newest of its " .. table.concat(reasons, ", ")
        or decision.keep and "newest of all" or "no rule keeps it"
      has_good = true
    end
  end
  return plan
end)
