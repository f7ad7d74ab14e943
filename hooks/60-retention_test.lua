local day = 86400
-- A Sunday, just before midnight.
local newest = 1795391999

-- Sets of the last so many days, the newest first.
local function plan(count, step)
  local list = {}
  for i = 0, count - 1 do
    list[#list + 1] = { set = "s" .. i, created = newest - i * (step or day), keep = true, reason = "" }
  end
  return list
end

local function kept(list)
  local names = {}
  for _, decision in ipairs(list) do if decision.keep then names[#names + 1] = decision.set end end
  return names
end

test("days, weeks and months count from the newest, and one set may serve several", function(fake)
  fake.options { days = 3, weeks = 2, months = 2 }
  local list = fake.filter("retention.plan", plan(60))
  -- Sunday, Saturday, Friday; the Sunday a week before; the last day of October.
  expect.equal(kept(list), { "s0", "s1", "s2", "s7", "s22" })
  expect.equal(list[1].reason, "newest of its day, week, month")
  expect.equal(list[2].reason, "newest of its day")
  expect.equal(list[8].reason, "newest of its week")
  expect.equal(list[23].reason, "newest of its month")
  expect.equal(list[4].reason, "no rule keeps it")
end)

test("without options seven days, four weeks and twelve months are kept", function(fake)
  local list = fake.filter("retention.plan", plan(400))
  local reasons = {}
  for _, decision in ipairs(list) do
    for unit in decision.reason:gmatch("%a+") do reasons[unit] = (reasons[unit] or 0) + 1 end
  end
  expect.equal({ reasons.day, reasons.week, reasons.month }, { 7, 4, 12 })
end)

test("of several sets of a day the newest stays", function(fake)
  fake.options { days = 2, weeks = 0, months = 0 }
  expect.equal(kept(fake.filter("retention.plan", plan(8, day / 4))), { "s0", "s4" })
end)

test("the order in which sets come does not matter, and is kept", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(3)
  list[1], list[3] = list[3], list[1]
  local changed = fake.filter("retention.plan", list)
  expect.equal({ changed[1].set, changed[2].set, changed[3].set }, { "s2", "s1", "s0" })
  expect.equal(kept(changed), { "s0" })
end)

test("days without a backup do not use the number up", function(fake)
  fake.options { days = 3, weeks = 0, months = 0 }
  expect.equal(kept(fake.filter("retention.plan", plan(5, 10 * day))), { "s0", "s1", "s2" })
end)

test("a day ends at midnight UTC, in any time zone of the host", function(fake)
  fake.options { days = 2, weeks = 0, months = 0 }
  local list = {
    { set = "new", created = newest + 2, keep = true, reason = "" },
    { set = "old", created = newest, keep = true, reason = "" },
  }
  expect.equal(kept(fake.filter("retention.plan", list)), { "new", "old" })
end)

test("the newest set stays also where every number is 0", function(fake)
  fake.options { days = 0, weeks = 0, months = 0 }
  local list = fake.filter("retention.plan", plan(3))
  expect.equal(kept(list), { "s0" })
  expect.equal(list[1].reason, "newest of all")
end)

test("times with a fraction are taken", function(fake)
  expect.equal(kept(fake.filter("retention.plan", { { set = "a", created = newest + 0.5, keep = true, reason = "" } })), { "a" })
end)

test("no sets, no plan", function(fake)
  expect.equal(fake.filter("retention.plan", {}), {})
end)

test("a negative number is refused", function(fake)
  fake.options { weeks = -1 }
  expect.raises("weeks", fake.load)
end)

test("an incomplete set takes no good one's place, and stays while it is the newest", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(4)
  list[1].state, list[2].state, list[3].state, list[4].state = "incomplete", "good", "incomplete", "good"
  expect.equal(kept(fake.filter("retention.plan", list)), { "s0", "s1" })
end)

test("the set of the run counts, and is kept with any date", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(4)
  list[3].state, list[3].reason = "current", "published by this run"
  expect.equal(kept(fake.filter("retention.plan", list)), { "s0", "s2" })
  expect.equal(list[3].reason, "published by this run")
end)

test("a set that is marked to be kept stays, and takes its place", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(4)
  list[3].state, list[3].reason = "kept", 'kept by "lvmbackup keep"'
  expect.equal(kept(fake.filter("retention.plan", list)), { "s0", "s2" })
end)

test("a set that is dated later than now stays, and takes no place", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(3)
  list[1].state = "postdated"
  expect.equal(kept(fake.filter("retention.plan", list)), { "s0", "s1" })
end)

test("a set whose snapshot exists stays as it is", function(fake)
  fake.options { days = 1, weeks = 0, months = 0 }
  local list = plan(3)
  list[3].state, list[3].reason = "snapshot", "its snapshot still exists"
  local changed = fake.filter("retention.plan", list)
  expect.equal(kept(changed), { "s0", "s2" })
  expect.equal(changed[3].reason, "its snapshot still exists")
end)
